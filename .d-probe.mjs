import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfm } from 'micromark-extension-gfm';
import { gfmFromMarkdown } from 'mdast-util-gfm';
const N = Number(process.argv[2]);
const rep = (s) => s.repeat(Math.ceil(N / s.length)).slice(0, N);
const cases = {
 words: rep('The quick brown fox, jumps *over* the [lazy](http://a.b) `dog`.\n\n'), bq: rep('>'), bqs: rep('> '), bql: rep('> > > > > > > > > >\n'), brackets: rep('['), imgs: rep('!['), close: rep('[a]('), closes: rep(']'), star: rep('*a '), star2: rep('**a *b '), us: rep('_a_b'), tick: Array.from({length: Math.floor(Math.sqrt(N))}, (_, i) => '`'.repeat(i)).join('a').slice(0,N), lt: rep('<'), lta: rep('<a '), lthtml: rep('<a href="'), cmt: rep('<!--'), amp: rep('&'), list: Array.from({length: Math.floor(Math.sqrt(N))}, (_, i) => ' '.repeat(i*2) + '- a').join('\n'), listone: rep('- '), olist: rep('1. '), table: rep('|'), tablerow: '|a|\n|-|\n' + rep('|a|\n'), tableall: 'a|b\n-|-\n' + rep('a|'), widetable: rep('a|').slice(0,N/3) + '\n' + rep('-|').slice(0,N/3) +'\n' + rep('a|').slice(0,N/3), tilde: rep('~~a~'), fn: rep('[^a]'), fndef: rep('[^a]: b\n'), def: Array.from({length: Math.floor(N/10)}, (_, i) => `[a${i}]: b`).join('\n'), deffed: rep('[a][b] '), www: rep('www.a.b '), mail: rep('a@b.c'), mail2: rep('a@'), mail3: rep('a.a.'), http: rep('http://'), para: rep('a\n'), emp: rep('*'), hard: rep('a  \n'), space: rep(' '), nl: rep('\n'), tabs: rep('\t'), nestlink: rep('[a](<b'), title: rep('[a](b "c'), html: rep('<?'), cdata: rep('<![CDATA['), esc: rep('\\'), bqlist: rep('> - '), setext: rep('a\n=\n'), hdr: rep('# a\n'), task: rep('- [ ] a\n'), linkref: rep('[a]: '), bracks2: rep('[[a]()'), paren: '[a](' + rep('('), nb: rep('[a](b)')+rep(']'), deepEm: rep('*a_b'), fence: rep('```\n'),
};
const only = process.argv[3];
for (const [k, v] of Object.entries(cases)) { if (only && k !== only) continue;
 const t = performance.now(); let r = 'ok'; try { const m = fromMarkdown(v, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }); } catch (e) { r = e.message.slice(0, 60) } const ms = performance.now() - t; if (ms > 400 || r !== 'ok') console.log(k, v.length, Math.round(ms), r); }
