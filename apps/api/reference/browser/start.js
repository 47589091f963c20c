// Begins the page: the bar above, and Scalar's reference below it.
import { createFetch } from './calls.js';

const settings = JSON.parse(document.getElementById('settings').textContent);
const element = (id) => document.getElementById(id);
const { servers, proxy, applications, description } = settings;
const WAYS = { straight: 'Sent straight to the API.', portal: 'Sent through the portal.' };

const chosen = () => applications.find(({ id }) => id === element('application')?.value);

function showProof() {
  const proof = chosen()?.proof;
  element('secret-name').textContent = proof?.kind === 'token' ? 'Access token' : (proof?.names[0] ?? 'API key');
  element('secret').value = '';
}

if (element('try')) {
  element('try').addEventListener('submit', (event) => event.preventDefault());
  element('application').addEventListener('change', showProof);
  showProof();
}

// The key is in the field alone: no storage, and it is gone with the page.
const send = createFetch({
  servers,
  proxy,
  own: location.origin,
  fetch: (...call) => fetch(...call),
  choice: () => ({
    application: chosen(),
    secret: element('secret')?.value.trim() ?? '',
    way: element('way')?.value ?? 'auto',
  }),
  onSent: (way) => {
    element('sent').textContent = WAYS[way];
  },
});

const key = applications.find(({ proof }) => proof.kind === 'key')?.proof.names[0];

window.Scalar.createApiReference('#reference', {
  url: new URL(description, location.href).href,
  customFetch: send,
  // Nothing but this portal and the API is ever called.
  withDefaultFonts: false,
  telemetry: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  showDeveloperTools: 'never',
  persistAuth: false,
  documentDownloadType: 'direct',
  ...(key
    ? {
        authentication: {
          preferredSecurityScheme: key,
          securitySchemes: { [key]: { type: 'apiKey', in: 'header', name: key } },
        },
      }
    : {}),
});
