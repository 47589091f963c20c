import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { commandsOf, type Send } from '../support/commands.js';
import { portalScene, type PortalScene } from '../support/portal-scene.js';
import { startTestServer } from '../support/server.js';
import { checkViews } from './checks/views.js';
import { catchUp, copyFiles, dumpViews } from './engine-files.js';

/** Files of a data folder that do not belong together: after a crash, and after a backup was put back. */
describe('files that are not of the same moment', () => {
  let folder: string;
  let dataDir: string;
  let scene: PortalScene;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-old-files-'));
    dataDir = join(folder, 'data');
    await during(async (send) => {
      scene = await portalScene(send);
    });
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** What happens while a server runs on the folder; afterwards it is closed in good order. */
  async function during(what: (send: Send) => Promise<unknown>): Promise<void> {
    const server = await startTestServer({ GATEHOUSE_DATA_DIR: dataDir });
    try {
      await what(commandsOf(server));
    } finally {
      await server.stop();
    }
  }

  const approve = (send: Send) => send('ApproveApp', { application_id: scene.adasApp });
  const generateKeys = async (send: Send) => {
    for (const display_name of ['one', 'two']) {
      await send('GenerateCredential', { application_id: scene.adasApp, display_name });
    }
  };

  it('views whose documents are ahead of their checkpoints change nothing twice', async () => {
    await during(approve);
    const live = dumpViews(dataDir);
    const views = new DatabaseSync(join(dataDir, 'views.db'));
    const log = new DatabaseSync(join(dataDir, 'log.db'), { readOnly: true });
    const collections = views.prepare('SELECT collection FROM checkpoints ORDER BY 1').all() as {
      collection: string;
    }[];
    // A crash after the documents were written and before the checkpoint, at another event for each view.
    for (const [index, { collection }] of collections.entries()) {
      const { id } = log.prepare('SELECT id FROM events WHERE position = ?').get(index + 1) as { id: string };
      views
        .prepare('UPDATE checkpoints SET position = ?, event_id = ? WHERE collection = ?')
        .run(index + 1, id, collection);
    }
    log.close();
    views.close();
    expect(collections.length).toBeGreaterThan(5);
    await catchUp(dataDir);
    expect(dumpViews(dataDir)).toEqual(live);
    expect(await checkViews(dataDir, folder)).toEqual({ documents: live.size, violations: [] });
  });

  it('views that are ahead of a restored log are rebuilt', async () => {
    const before = dumpViews(dataDir);
    const backup = join(folder, 'backup');
    copyFiles(dataDir, backup, ['log.db']);
    await during(async (send) => {
      await approve(send);
      await generateKeys(send);
    });
    expect(dumpViews(dataDir)).not.toEqual(before);
    copyFiles(backup, dataDir, ['log.db']);
    await catchUp(dataDir);
    expect(dumpViews(dataDir)).toEqual(before);
  });

  it('views of another history than that of a restored log are rebuilt, however long that has become', async () => {
    const backup = join(folder, 'backup');
    copyFiles(dataDir, backup, ['log.db']);
    await during(approve);
    const otherViews = join(folder, 'other-views');
    copyFiles(dataDir, otherViews, ['views.db']);
    copyFiles(backup, dataDir, ['log.db']);
    await during(generateKeys);
    const right = dumpViews(dataDir);
    copyFiles(otherViews, dataDir, ['views.db']);
    expect(dumpViews(dataDir)).not.toEqual(right);
    await catchUp(dataDir);
    expect(dumpViews(dataDir)).toEqual(right);
  });

  it('a server on a restored log serves what that log says, and takes up from there', async () => {
    const backup = join(folder, 'backup');
    copyFiles(dataDir, backup, ['log.db']);
    await during(approve);
    copyFiles(backup, dataDir, ['log.db']);
    await during(async (send) => {
      await send('RejectApp', { application_id: scene.adasApp });
    });
    expect(await checkViews(dataDir, folder)).toMatchObject({ violations: [] });
  });
});
