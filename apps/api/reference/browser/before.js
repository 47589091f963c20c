// Runs before Scalar's reference, which is made for pages without a content security policy.
{
  const { nonce } = document.currentScript;
  const create = document.createElement;
  // Some of its parts add style sheets without a nonce. Markup that is inserted as text does not come this way.
  document.createElement = function (name, ...rest) {
    const element = create.call(this, name, ...rest);
    if (element instanceof HTMLStyleElement) element.nonce = nonce;
    return element;
  };
  // Its validator would try whether code may be made from text.
  globalThis.__zod_globalConfig = { jitless: true };
}
