// Bundles the Mini App into dist/. `early.js` stays apart: it runs before the first paint and must be tiny.
import { build } from 'esbuild'
import { rmSync } from 'node:fs'

rmSync(new URL('dist', import.meta.url), { recursive: true, force: true })

await build({
  entryPoints: [
    { in: 'src/app.js', out: 'app' },
    { in: 'src/early.js', out: 'early' },
    { in: 'app.css', out: 'app' },
  ],
  outdir: 'dist',
  bundle: true,
  minify: true,
  legalComments: 'none',
  format: 'iife',
  target: 'es2019',
  logLevel: 'warning',
})
