import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../api/version.js';

/** One product of the sample catalogue, with a real OpenAPI description that an npm package ships. */
export interface SampleProduct {
  readonly name: string;
  readonly description: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly version: string;
  readonly specification: { readonly name: string; read(): Uint8Array };
  readonly documents: readonly SampleDocument[];
  /** Requests for it are approved without a person. */
  readonly autoApprove?: boolean;
}

export interface SampleDocument {
  readonly slug: string;
  readonly title: string;
  readonly markdown: string;
  readonly children?: readonly SampleDocument[];
}

/** A file of an installed package. */
const packaged = (name: string, file: string) => (): Uint8Array =>
  readFileSync(join(projectRoot(), 'node_modules', name, file));

/** Four products; `own` is the description of the running server itself. */
export const sampleCatalogue = (own: Uint8Array): readonly SampleProduct[] => [
  {
    name: 'Figma REST',
    description: 'Read files, comments, components and variables of design files.',
    labels: { domain: 'design' },
    version: 'v1',
    specification: { name: 'figma.yaml', read: packaged('@figma/rest-api-spec', 'openapi/openapi.yaml') },
    documents: [
      {
        slug: 'getting-started',
        title: 'Getting started',
        markdown: [
          '# Getting started',
          '',
          'Create an application, request access to **v1**, generate a key and send it as `apikey`:',
          '',
          '```sh',
          'curl -H "apikey: $KEY" https://api.example.com/v1/files/KEY',
          '```',
          '',
          '| limit | value |',
          '|---|---|',
          '| requests per minute | 60 |',
        ].join('\n'),
        children: [
          {
            slug: 'errors',
            title: 'Errors',
            markdown:
              '# Errors\n\nA `403` means that access was not approved yet, or was revoked.\n\n- [ ] read the body\n- [x] retry later\n',
          },
        ],
      },
    ],
  },
  {
    name: 'Scalar Galaxy',
    description: 'Planets, satellites and how to reach them: the example that OpenAPI tools are tried with.',
    labels: { domain: 'astronomy' },
    version: '1.0',
    autoApprove: true,
    specification: { name: 'galaxy.json', read: packaged('@scalar/galaxy', 'dist/3.1.json') },
    documents: [{ slug: 'planets', title: 'Planets', markdown: '# Planets\n\nEight of them, *at the moment*.\n' }],
  },
  {
    name: 'Developer Portal',
    description: 'The portal API itself: everything that the portal does, an integration can do.',
    labels: { domain: 'platform' },
    version: 'v2',
    specification: { name: 'portal.yaml', read: packaged('@kong/sdk-portal-js', 'openapi.yaml') },
    documents: [],
  },
  {
    name: 'Gatehouse',
    description: 'Commands, audit, feed and gateway check of this server.',
    labels: { domain: 'platform' },
    version: 'v1',
    specification: { name: 'gatehouse.json', read: () => own },
    documents: [{ slug: 'commands', title: 'Commands', markdown: '# Commands\n\n`GET /commands` lists them all.\n' }],
  },
];
