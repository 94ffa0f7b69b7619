/* Turns the slides with keys and buttons; swiping is the browser's own, and without this script they scroll. */
(() => {
  "use strict";
  const deck = document.getElementById("slides");
  const slides = [...deck.querySelectorAll(".slide")];
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const here = () => Math.round(deck.scrollLeft / Math.max(1, deck.clientWidth));
  let aim = 0;
  const go = (number, smooth) => {
    aim = Math.min(slides.length - 1, Math.max(0, number));
    deck.scrollTo({ left: slides[aim].offsetLeft, behavior: smooth && !calm.matches ? "smooth" : "instant" });
  };
  const named = () => {
    const found = slides.findIndex((slide) => "#" + slide.id === location.hash);
    if (found >= 0) go(found, false);
  };
  const keys = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1 };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " " && event.target.closest("button, a, summary")) return;
    if (Object.hasOwn(keys, event.key)) go(aim + (event.shiftKey && event.key === " " ? -1 : keys[event.key]), true);
    else if (event.key === "Home") go(0, true);
    else if (event.key === "End") go(slides.length - 1, true);
    else return;
    event.preventDefault();
  });
  for (const [name, step] of [["back", -1], ["on", 1]]) {
    const button = document.getElementById(name);
    button.hidden = false;
    button.addEventListener("click", () => go(aim + step, true));
  }
  let waiting = 0;
  deck.addEventListener("scroll", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      aim = here();
      history.replaceState(null, "", "#" + slides[aim].id);
    }, 150);
  }, { passive: true });
  addEventListener("resize", () => go(aim, false));
  addEventListener("hashchange", named);
  named();
})();
