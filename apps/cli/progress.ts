import { Presets, SingleBar } from 'cli-progress';

export interface Progress {
  /** How much is done, 0 to 1, and of what. */
  update(share: number, what: string): void;
  done(what: string): void;
}

/** A bar on a terminal; otherwise a plain line for each tenth. */
export function progress(title: string, stream: NodeJS.WriteStream = process.stderr): Progress {
  if (!stream.isTTY) return lines(title, stream);
  const bar = new SingleBar(
    { format: `${title} [{bar}] {percentage}% {what}`, stream, hideCursor: true },
    Presets.shades_classic,
  );
  bar.start(1000, 0, { what: '' });
  return {
    update: (share, what) => bar.update(Math.round(share * 1000), { what }),
    done(what) {
      bar.update(1000, { what });
      bar.stop();
    },
  };
}

function lines(title: string, stream: NodeJS.WriteStream): Progress {
  let said = -1;
  return {
    update(share, what) {
      const tenth = Math.floor(share * 10);
      if (tenth <= said) return;
      said = tenth;
      stream.write(`${title}: ${tenth * 10} % ${what}\n`);
    },
    done: (what) => void stream.write(`${title}: done, ${what}\n`),
  };
}
