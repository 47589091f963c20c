/** What is to go wrong. Changed while the server runs. */
export interface Faults {
  /** Appends that are to be stored and never acknowledged. */
  loseAcks: number;
  /** Told after each append whose acknowledgement is lost: cut the connection here, or let the deadline pass. */
  onLostAck: () => void;
  /** Asked before an append is stored: false lets it get lost on its way, never stored and never answered. */
  arrives: (stream: string) => boolean;
  /** Appends that are to be refused before anything is stored, as at a server that is going down. */
  refuseAppends: number;
  /** The server is up and not ready yet. */
  notReady: boolean;
  /** Events that may wait for a live subscriber before it is dropped. A real server drops some from about 70 on. */
  liveBuffer: number;
  /** Nothing is read or answered while this is pending. */
  frozen: Promise<void> | undefined;
}

export const noFaults = (): Faults => ({
  loseAcks: 0,
  onLostAck: () => undefined,
  arrives: () => true,
  refuseAppends: 0,
  notReady: false,
  liveBuffer: 512,
  frozen: undefined,
});

/** Freezes the server; the returned function thaws it. */
export function freeze(faults: Faults): () => void {
  let thaw = (): void => undefined;
  faults.frozen = new Promise<void>((resolve) => {
    thaw = () => {
      faults.frozen = undefined;
      resolve();
    };
  });
  return thaw;
}
