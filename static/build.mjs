// Bundles the Mini App and the console into dist/. `early.js` stays apart: it runs before the first paint and must be tiny.
import { build } from 'esbuild'
import { copyFileSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'

const dist = new URL('dist/', import.meta.url)
const aside = new URL('dist.new/', import.meta.url)

rmSync(aside, { recursive: true, force: true })

await build({
  entryPoints: [
    { in: 'src/app.js', out: 'app' },
    { in: 'src/early.js', out: 'early' },
    { in: 'src/form.js', out: 'form' },
    { in: 'src/lead-form.js', out: 'lead-form' },
    { in: 'src/console.js', out: 'console' },
    { in: 'src/worker.js', out: 'worker' },
    { in: 'app.css', out: 'app' },
    { in: 'console.css', out: 'console' },
  ],
  outdir: 'dist.new',
  bundle: true,
  minify: true,
  legalComments: 'none',
  format: 'iife',
  target: 'es2020',
  logLevel: 'warning',
})

// A server of a debug build reads dist/ as it is asked: each file takes the place of the old one, and none is ever missing.
mkdirSync(dist, { recursive: true })
const built = readdirSync(aside)
for (const name of built) renameSync(new URL(name, aside), new URL(name, dist))
for (const name of readdirSync(dist)) if (!built.includes(name)) rmSync(new URL(name, dist), { recursive: true })
rmSync(aside, { recursive: true })

// The fonts of what is printed (PT Sans, OFL 1.1), embedded into the product by webapp/src/paper.
mkdirSync(new URL('fonts/', import.meta.url), { recursive: true })
for (const [from, to] of [['400Regular/PTSans_400Regular', 'PTSans-Regular'], ['700Bold/PTSans_700Bold', 'PTSans-Bold']]) {
  copyFileSync(new URL(`node_modules/@expo-google-fonts/pt-sans/${from}.ttf`, import.meta.url), new URL(`fonts/${to}.ttf`, import.meta.url))
}
