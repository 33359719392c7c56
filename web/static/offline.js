// Keeps the page that checks papers, and what it needs, for when there is no network. The page itself is
// asked for anew whenever there is one; only that page is kept, nothing that anybody sends or is told.

const SHELF = "verify-1";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  event.waitUntil(caches.open(SHELF).then((shelf) => shelf.addAll(event.data)));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin || address.search.includes("n=")) return;
  event.respondWith(fetch(request).catch(() => caches.match(request, { ignoreVary: true }).then((kept) => kept ?? Response.error())));
});
