import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfm } from 'micromark-extension-gfm';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { parse, preprocess, postprocess } from 'micromark';
const rep = (s,N) => s.repeat(Math.ceil(N / s.length)).slice(0, N);
const parts={para:'The quick brown fox, jumps over the lazy dog and then returns to the place it came from, as one does when\none is a fox. See [here](http://example.com/a).\n\n', list:'- one\n- two\n\npara\n\n', fence:'```js\nconst a = 1;\n```\n\n', table:'| a | b |\n|---|---|\n| 1 | 2 |\n\n', head:'# Heading\n\n'};
for (const k of Object.keys(parts)) for (const n of [128,512]) { const x=rep(parts[k],n*1024); const t=performance.now(); const ev=postprocess(parse({extensions:[gfm()]}).document().write(preprocess()(x,undefined,true))); const t1=performance.now(); fromMarkdown(x,{extensions:[gfm()],mdastExtensions:[gfmFromMarkdown()]}); console.log(k,n,'micromark',Math.round(t1-t),'total',Math.round(performance.now()-t1), ev.length)}
