// Follows the news while a list is seen. Says how many stories have news, above the page so that nothing moves, and shows them when
// asked: the page is fetched again, and its own parts put in place of those that stand here. Without this script a reload does.
(() => {
  "use strict";
  const list = document.querySelector("[data-live]");
  if (!list || !window.EventSource) return;
  const place = list.querySelector("[role=status]");
  const button = document.createElement("button");
  button.type = "button";
  const fresh = new Set();
  let source;
  let last = list.dataset.at;

  const stop = () => source && source.close();

  const listen = () => {
    stop();
    const address = new URL(list.dataset.live, location.href);
    address.searchParams.set("last-event-id", last);
    source = new EventSource(address);
    source.addEventListener("stories", (event) => {
      last = event.lastEventId;
      for (const id of JSON.parse(event.data).stories) fresh.add(id);
      button.textContent = fresh.size === 1 ? list.dataset.one : list.dataset.other.replace("#", fresh.size);
      if (!button.isConnected) place.append(button);
    });
    // A browser tries again by itself, but not where it was refused: as many may listen as there are places.
    source.addEventListener("error", () => {
      if (source.readyState === EventSource.CLOSED) setTimeout(() => document.hidden || listen(), 60000);
    });
  };

  const show = async () => {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    // Whoever has been signed out gets another page.
    if (!answer.ok || !page.querySelector("[data-live]")) return location.reload();
    for (const part of document.querySelectorAll("[data-fresh]")) {
      part.replaceChildren(...page.getElementById(part.id).childNodes);
    }
    fresh.clear();
    // Whoever came by keyboard goes on from the head of the list, where the news is.
    document.getElementById("stories").focus({ preventScroll: true });
    button.remove();
  };

  button.addEventListener("click", () => show().catch(() => location.reload()));
  // A browser has six connections for all windows of a site: one that nobody sees takes none.
  document.addEventListener("visibilitychange", () => (document.hidden ? stop() : listen()));
  addEventListener("pagehide", stop);
  addEventListener("pageshow", (event) => event.persisted && listen());
  if (!document.hidden) listen();
})();
