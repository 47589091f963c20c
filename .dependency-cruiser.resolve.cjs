const { join } = require('node:path');

// package.json maps #domain/... to dist/; the rules look at the sources.
const libs = Object.keys(require('./package.json').imports).map((pattern) => pattern.slice(1, -'/*'.length));

module.exports = {
  resolve: {
    alias: Object.fromEntries(libs.map((name) => [`#${name}`, join(__dirname, 'libs', name)])),
    extensionAlias: { '.js': ['.ts', '.js'] },
  },
};
