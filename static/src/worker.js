// Keeps the shell of the Mini App, which holds no data, for a start without signal. Everything else goes to the server.
const KEPT = 'mypark-shell'

self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))
self.addEventListener('message', (event) => event.waitUntil(keep(event.data)))

self.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== self.location.origin) return
  if (request.mode === 'navigate') event.respondWith(fetch(request).catch(() => kept('/app')))
  else if (pathname.startsWith('/assets/')) event.respondWith(fetch(request).catch(() => kept(request)))
})

async function kept(request) {
  const cache = await caches.open(KEPT)
  return (await cache.match(request)) || Response.error()
}

// What an older version of the page kept goes.
async function keep(files) {
  const cache = await caches.open(KEPT)
  await cache.addAll(files)
  const wanted = new Set(files.map((file) => new URL(file, self.location.origin).href))
  for (const request of await cache.keys()) if (!wanted.has(request.url)) await cache.delete(request)
}
