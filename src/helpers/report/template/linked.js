/* What a chart leads to: panels that a click on a mark opens, and the passages that a box drawn over it holds. */
window.linked = (() => {
  "use strict";
  const FIRST = 6;
  const MORE = 12;

  const made = (name, properties, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(properties || {}))
      if (key in element) element[key] = value;
      else element.setAttribute(key, value);
    element.append(...children);
    return element;
  };

  /* Words on an axis answer to the mouse as the marks beside them do. */
  const listening = (spec) => {
    for (const axis of spec.axes || []) {
      const labels = ((axis.encode = axis.encode || {}).labels = axis.encode.labels || {});
      labels.interactive = true;
    }
    for (const mark of spec.marks || []) if (mark.type === "group") listening(mark);
    return spec;
  };

  const open = (details) => {
    for (let outer = details; outer; outer = outer.parentElement.closest("details")) outer.open = true;
    details.scrollIntoView({ block: "nearest" });
    details.querySelector("summary").focus({ preventScroll: true });
  };
  const panels = (figure, view) => {
    const held = figure.querySelector(".panels");
    if (!held) return;
    const fields = held.dataset.fields.split(",");
    const keyed = [...held.querySelectorAll("details[data-key]")].map((details) => [JSON.parse(details.dataset.key), details]);
    view.addEventListener("click", (_, item) => {
      const datum = item && item.datum;
      if (!datum) return;
      const wanted = keyed.filter(([key]) =>
        fields.every((field) => Object.hasOwn(datum, field)) ? fields.every((field, n) => datum[field] === key[n])
          : datum.value !== undefined && datum.value === key.at(-1));
      wanted.forEach(([, details]) => open(details));
    });
  };

  const choice = (words, values) => {
    const select = made("select", {}, made("option", { value: "" }, "all"), ...values.map((one) => made("option", { value: one }, one)));
    return [made("label", {}, words + " ", select), select];
  };

  const passage = (row, sides) => {
    const [number, sign] = sides[row.side] || [0, ""];
    const title = row.title || (row.url ? new URL(row.url).hostname : "");
    const named = made("bdi", {}, title);
    const about = [
      made("span", { className: "side side-" + number, "data-sign": sign }, row.side),
      made("bdi", {}, row.outlet),
      row.day && made("span", {}, row.day),
      title && made("cite", {}, row.url ? made("a", { href: row.url, rel: "noopener noreferrer nofollow", target: "_blank" }, named) : named),
      made("span", {}, row.about),
      row.quoted && made("span", {}, "quoted speech"),
      row.near && made("span", {}, row.near),
      row.constructed && made("span", { className: "badge" }, "constructed"),
    ].filter(Boolean);
    const said = row.said.map((piece, n) => (n % 2 ? made("mark", {}, piece) : piece));
    return made("li", { className: "side-" + number }, made("p", { className: "about" }, ...about), made("blockquote", { dir: "auto" }, ...said));
  };

  const counted = (n, noun) => n.toLocaleString("en") + " " + noun + (n === 1 ? "" : "s");
  const signed = (value) => (Math.abs(value) < 0.05 ? "" : value < 0 ? "−" : "+") + Math.abs(value).toFixed(1);
  const mean = (rows, name) => {
    const values = rows.map((row) => row[name]).filter((value) => value !== null);
    return values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
  };

  /* Mean scores of the passages chosen, of all and side by side, strongest first. */
  const scores = (rows, given) => {
    const sides = Object.keys(given.sides).filter((side) => rows.some((row) => row.side === side));
    const lines = given.scores.map((label, n) => [label, mean(rows, "s" + n), ...sides.map((side) => mean(rows.filter((row) => row.side === side), "s" + n))]);
    lines.sort((a, b) => b[1] - a[1]);
    const head = ["frame", "all", ...sides].map((words, n) => made("th", n ? { scope: "col", className: "n" } : { scope: "col" }, words));
    const body = lines.map(([label, ...values]) =>
      made("tr", {}, made("th", { scope: "row" }, label), ...values.map((value) => made("td", { className: "n" }, value === null ? "–" : signed(value)))));
    const caption = made("caption", {}, "How near these passages are to each frame");
    const note = made("p", { className: "notes" }, "Mean scores in standard deviations from the mean of all passages on the map; likeness, not a measurement.");
    return made("details", {}, made("summary", {}, "Frames of these passages"),
      made("div", { className: "scroll", tabIndex: 0, role: "group", "aria-label": "frames" }, made("table", {}, caption, made("thead", {}, made("tr", {}, ...head)), made("tbody", {}, ...body))), note);
  };

  const numbered = (theme) => parseInt(theme, 10) || Infinity;
  const near = (row, labels) => {
    const held = labels.map((label, n) => [row["s" + n], label]).filter(([value]) => value > 1.5);
    held.sort((a, b) => b[0] - a[0]);
    return held.length ? "near: " + held.slice(0, 2).map(([, label]) => label).join(", ") : "";
  };

  const reading = (place, given, rows, view) => {
    for (const row of rows) row.near = near(row, given.scores);
    const [ofTheme, theme] = choice("Theme", [...new Set(rows.map((row) => row.about))].sort((a, b) => numbered(a) - numbered(b)));
    const [ofSide, side] = choice("Side", Object.keys(given.sides));
    const clear = made("button", { type: "button", hidden: true }, "Without the box");
    const said = made("p", { className: "caption", role: "status" });
    const frames = made("div");
    const list = made("ol", { className: "passages" });
    const more = made("button", { type: "button" }, "More passages");
    place.replaceChildren(made("p", { className: "heading" }, "The passages behind it"), made("p", { className: "choose" }, ofTheme, ofSide, clear), said, frames, list, more);
    let box = null;
    let chosen = rows;
    let shown = 0;

    const next = (count) => {
      list.append(...chosen.slice(shown, shown + count).map((row) => passage(row, given.sides)));
      shown = Math.min(chosen.length, shown + count);
      more.hidden = shown >= chosen.length;
    };
    const within = (row) => !box || ["x", "y"].every((axis) => !box[axis] || (row[axis] >= Math.min(...box[axis]) && row[axis] <= Math.max(...box[axis])));
    const choose = () => {
      chosen = rows.filter((row) => within(row) && (!theme.value || row.about === theme.value) && (!side.value || row.side === side.value));
      const sides = Object.keys(given.sides).map((name) => [name, chosen.filter((row) => row.side === name).length]);
      const distinct = (name) => new Set(chosen.map((row) => row[name])).size;
      const heard = distinct("outlet");
      said.textContent = counted(chosen.length, "passage") + (box ? " in the box" : "") + ", of " + counted(distinct("document"), "document") +
        " and " + heard + (heard === 1 ? " outlet or speaker: " : " outlets or speakers: ") + sides.map((side) => side.join(" ")).join(", ") + ".";
      frames.replaceChildren(...(given.scores.length && chosen.length && chosen.length < rows.length ? [scores(chosen, given)] : []));
      clear.hidden = !box;
      place.classList.toggle("chosen", chosen.length < rows.length);
      list.replaceChildren();
      shown = 0;
      next(FIRST);
    };
    let waiting = 0;
    const soon = (_, value) => {
      box = value && Object.keys(value).length ? value : null;
      clearTimeout(waiting);
      waiting = setTimeout(choose, 60);
    };
    const follow = (drawn) => drawn.addSignalListener(given.selection, soon);
    theme.addEventListener("change", choose);
    side.addEventListener("change", choose);
    more.addEventListener("click", () => next(MORE));
    clear.addEventListener("click", () => {
      box = null;
      place.dispatchEvent(new CustomEvent("clear"));
      choose();
    });
    follow(view);
    choose();
    return { follow: (drawn) => (box = null, follow(drawn), choose()) };
  };

  return { listening, panels, reading };
})();
