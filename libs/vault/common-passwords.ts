/**
 * Words that passwords are commonly made of, and rows that are commonly typed along. A password of 12 characters or more
 * is common if hardly anything of it is left when these, counting runs, repeats and years are taken away: lists of
 * stolen passwords hold `password1234`, `Summer2024!!!` and `qwertyuiop12` in endless variations, so that rules say more
 * than any list.
 */
const WORDS = `
  password passwort passw passphrase passcode pass parola senha motdepasse contrasena wachtwoord haslo geheim secret
  welcome willkommen bienvenue bienvenido login logon signin letmein openup opensesame access enter changeme changeit
  change default temporary temp guest user username admin administrator root superuser sysadmin master manager operator
  system server service database oracle mysql postgres computer internet network security secure private test testing
  tester example sample demo dummy nothing something whatever trustno iloveyou loveyou ihateyou love lovely lover
  mylove forever always family mother father mommy daddy mama papa brother sister friend friends bestfriend baby babygirl
  angel angels princess prince queen king sweetheart sweet sugar honey cookie chocolate banana orange apple cherry
  strawberry pumpkin peanut butter cheese pepper ginger summer winter spring autumn sommer winter herbst january february
  march april may june july august september october november december monday tuesday wednesday thursday friday saturday
  sunday happy birthday christmas holiday sunshine moonlight rainbow flower flowers butterfly dolphin monkey dragon tiger
  lion eagle falcon panther wolf bear horse puppy kitty kitten snoopy spider snake shadow phoenix thunder lightning storm
  star stars starwars startrek superman batman spiderman pokemon pikachu naruto minecraft mustang ferrari porsche mercedes
  corvette harley yamaha kawasaki soccer football baseball basketball hockey golfer tennis liverpool arsenal chelsea
  barcelona juventus manchester united yankees lakers cowboys steelers raiders america england france germany deutschland
  london paris berlin newyork boston dallas austin texas canada australia freedom liberty peace jesus jesuschrist god
  heaven blessed faith hope music guitar metallica nirvana slipknot beatles rock hello hallo goodbye hunter killer ranger
  soldier warrior ninja pirate gamer player winner number one money dollar cash silver golden diamond black white blue
  green purple red yellow pink michael jordan jessica jennifer ashley daniel matthew andrew joshua anthony thomas robert
  charlie george william richard james john david maria anna nicole amanda michelle samantha elizabeth victoria alexander
  alexandra patrick martin steven justin brandon nicholas benjamin hannah sophie laura sarah emma oliver lucas
  asshole bastard bitch bullshit fuck fucker fuckyou fuckme fuckoff shit sexy pussy hottie loser
  the and you are this that is it in of on for with from my me mine your our not please thanks im
  correct battery staple qwerty qwertz azerty asdf zxcv abc xyz qaz wsx
  portal developer gatehouse company business office work
`
  .trim()
  .split(/\s+/)
  .sort((a, b) => b.length - a.length);

const ROWS = [
  '`1234567890-=',
  '~!@#$%^&*()_+',
  'qwertyuiop[]\\',
  'asdfghjkl;\'"',
  'zxcvbnm,./',
  'qwertzuiop',
  'yxcvbnm,.-',
  'azertyuiop',
  'qsdfghjklm',
  'wxcvbn',
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/',
  'qazwsxedcrfvtgbyhnujmikolp',
  '1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5y6u7i8o9p0',
  'a1b2c3d4e5f6g7h8i9j0',
  '147258369',
  '159753',
  '1a2s3d4f5g6h7j8k9l',
].flatMap((row) => [row, [...row].reverse().join('')]);

/** Letters that other characters stand for; one character each, so that places stay the same. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '8': 'b',
  '@': 'a',
  $: 's',
  '!': 'i',
  '+': 't',
  '|': 'l', // prettier-ignore
};

const SHORTEST_RUN = 3;

/** A password is common if fewer than this many characters of it are its own. */
const OWN_CHARACTERS = 5;

/** Whether a password of 12 or more characters would be among an attacker's first guesses. */
export function isCommonPassword(password: string): boolean {
  // One UTF-16 unit for every character, so that places agree.
  const text = password
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\u0000-\uffff]/gu, '\ufffd');
  const plain = [...text].map((c) => LOOKALIKES[c] ?? c).join('');
  const covered = new Array<boolean>(text.length).fill(false);
  const cover = (start: number, length: number) => covered.fill(true, start, start + length);

  for (const word of WORDS) {
    for (const spelling of new Set([text, plain])) {
      for (let at = spelling.indexOf(word); at >= 0; at = spelling.indexOf(word, at + word.length)) {
        // A short word counts only as a whole stretch of letters of its own, not inside another word.
        if (word.length > 3 || standsAlone(spelling, at, word.length, covered)) cover(at, word.length);
      }
    }
  }
  for (const { start, length } of runs(text)) cover(start, length);
  for (const { index } of text.matchAll(/(19|20)\d\d/g)) cover(index, 4);
  // All but the first of a unit that is repeated three times or more.
  for (const match of text.matchAll(/(.{1,6}?)\1{2,}/gsu)) cover(match.index + match[1]!.length, match[0].length - match[1]!.length); // prettier-ignore
  return covered.filter((c) => !c).length < OWN_CHARACTERS;
}

function standsAlone(text: string, at: number, length: number, covered: readonly boolean[]): boolean {
  const border = (i: number) => i < 0 || i >= text.length || covered[i] || !/\p{L}/u.test(text[i]!);
  return border(at - 1) && border(at + length);
}

/** Longest stretches of at least three characters that follow a row, forwards or backwards. */
function runs(text: string): { start: number; length: number }[] {
  const found: { start: number; length: number }[] = [];
  for (let start = 0; start + SHORTEST_RUN <= text.length;) {
    let length = SHORTEST_RUN - 1;
    while (start + length < text.length && followsRow(text.slice(start, start + length + 1))) length += 1;
    if (length >= SHORTEST_RUN) found.push({ start, length });
    start += length >= SHORTEST_RUN ? length : 1;
  }
  return found;
}

const followsRow = (stretch: string): boolean => ROWS.some((row) => row.includes(stretch));
