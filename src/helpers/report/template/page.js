/* Draws the charts of the island, in the light or dark of the page; takes along their numbers as CSV. */
(() => {
  "use strict";
  const root = document.documentElement;
  const shade = {
    light: { ink: "#3d444d", faint: "#656d76", rule: "#aab1ba" },
    dark: { ink: "#d3d8de", faint: "#9aa3ad", rule: "#5b636d" },
  };
  const TONES = { "#6f7681": "ink", "#858c96": "faint", "#9aa1ab": "rule" };
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  let chosen = null;
  const mode = () => chosen || (prefersDark.matches ? "dark" : "light");

  const place = document.getElementById("island");
  const island = place ? JSON.parse(place.textContent) : { figures: [], columns: {}, datasets: {} };
  const views = [];
  window.workbench = { views };

  const rows = (name) => {
    const held = island.datasets[name];
    if (held.rows) return structuredClone(held.rows);
    const columns = Object.entries(held.columns).map(([field, key]) => {
      const { values, distinct, codes } = island.columns[key];
      return [field, values ? (i) => values[i] : (i) => distinct[codes[i]]];
    });
    return Array.from({ length: held.length }, (_, i) => {
      const row = Object.create(null);
      for (const [field, value] of columns) row[field] = value(i);
      return Object.assign({}, row);
    });
  };

  /* The three tones of text and lines become parameters, so that light and dark change without drawing anew. */
  const toned = (value, list) => {
    if (typeof value === "string" && !list && Object.hasOwn(TONES, value)) return { expr: "page_" + TONES[value] };
    if (Array.isArray(value)) return value.map((held) => toned(held, typeof held === "string"));
    if (value && typeof value === "object")
      return Object.fromEntries(
        Object.entries(value).map(([key, held]) => [key, key === "values" || key === "scale" ? held : toned(held, false)]),
      );
    return value;
  };

  const units = (spec) =>
    ["hconcat", "vconcat", "concat"].flatMap((key) => (spec[key] || []).flatMap(units)).concat(
      spec.mark || spec.layer ? [spec] : spec.spec && typeof spec.spec === "object" ? units(spec.spec) : [],
    );
  const ys = (spec) =>
    units(spec).flatMap((unit) => [unit, ...(unit.layer || [])]).map((held) => held.encoding && held.encoding.y).filter(Boolean);
  const hidden = (y) => y.axis === null || Boolean(y.axis && y.axis.labels === false);
  /* A row of views names its lines once, at the left; below each other, each must name its own. */
  const labelled = (row) => {
    const [first, ...others] = row.map(ys);
    const named = first.find((y) => !hidden(y));
    if (!named) return;
    for (const y of others.flat())
      if (y.field === named.field && hidden(y)) y.axis = structuredClone(named.axis === undefined ? {} : named.axis);
  };
  /* Views side by side go below each other; they share their left edge, so long labels would push all to the right. */
  const stacked = (spec, room) => {
    if (spec.hconcat) labelled(spec.hconcat);
    for (const key of ["hconcat", "vconcat", "concat"]) (spec[key] || []).forEach((held) => stacked(held, room));
    if (spec.hconcat) {
      spec.vconcat = spec.hconcat;
      delete spec.hconcat;
    }
    if (spec.concat) spec.columns = 1;
    const most = Math.round(room * 0.34);
    for (const held of [spec, ...(spec.layer || [])]) {
      const y = held.encoding && held.encoding.y;
      if (y && y.axis !== null) y.axis = { ...y.axis, labelLimit: Math.min((y.axis && y.axis.labelLimit) || most, most) };
    }
  };
  const columns = (spec) =>
    spec.hconcat ? spec.hconcat.reduce((sum, held) => sum + columns(held), 0)
      : Math.max(1, ...["vconcat", "concat"].flatMap((key) => (spec[key] || []).map(columns)));
  /* Takes `over` pixels off the whole: from each of the views side by side, or from the widest of those in a stack. */
  const narrowed = (spec, over, room) => {
    const wide = units(spec).filter((unit) => typeof unit.width === "number");
    const side = columns(spec);
    const most = Math.max(...wide.map((unit) => unit.width)) - over;
    for (const unit of wide) {
      const least = Math.max(150, Math.min(unit.width, 0.55 * room));
      unit.width = Math.max(side > 1 ? 150 : least, side > 1 ? unit.width - over / side : Math.min(unit.width, most));
    }
  };

  const prepared = (figure, room) => {
    const spec = toned(structuredClone(figure.spec), false);
    spec.config = spec.config || toned(structuredClone(island.config), false);
    if (room < 560) {
      const axis = spec.config.axis || (spec.config.axis = {});
      axis.labelLimit = Math.min(axis.labelLimit || 260, Math.round(room * 0.42));
      spec.config.axisX = { ...spec.config.axisX, titleAnchor: "end", labelFlush: true };
      if (spec.config.legend) spec.config.legend.columnPadding = 6;
    }
    spec.params = [...(spec.params || [])];
    for (const [name, value] of Object.entries(shade[mode()])) spec.params.push({ name: "page_" + name, value });
    spec.datasets = Object.fromEntries(figure.datasets.map((name) => [name, rows(name)]));
    const faceted = ["facet", "row", "column"].some((key) => spec.encoding && spec.encoding[key]);
    if ((spec.mark || spec.layer) && !faceted) {
      if (typeof spec.width === "number") {
        spec.width = Math.min(spec.width >= 400 ? 760 : spec.width + 120, room);
        spec.autosize = { type: "fit-x", contains: "padding" };
      }
    } else {
      const across = Math.max(1, Math.floor(room / 260));
      if (spec.facet) spec.columns = Math.min(spec.columns || across, across);
      if (spec.encoding && spec.encoding.facet)
        spec.encoding.facet.columns = Math.min(spec.encoding.facet.columns || across, across);
    }
    return spec;
  };

  /* Links only to the web, opened aside; nothing is loaded, for nothing may be. */
  const refused = () => Promise.reject(new Error("a page loads nothing"));
  const loader = {
    load: refused, file: refused, http: refused, options: {},
    sanitize: (address) =>
      /^https?:\/\/[^\s"'<>]+$/i.test(String(address))
        ? Promise.resolve({ href: String(address), target: "_blank", rel: "noopener noreferrer" })
        : refused(),
  };

  const bubble = document.createElement("div");
  bubble.className = "bubble";
  bubble.setAttribute("role", "tooltip");
  bubble.hidden = true;
  const tell = (_, event, __, value) => {
    if (value === null || value === undefined || value === "") {
      bubble.hidden = true;
      return;
    }
    bubble.replaceChildren();
    if (typeof value === "object") {
      const list = document.createElement("dl");
      for (const [name, held] of Object.entries(value)) {
        const term = document.createElement("dt");
        const words = document.createElement("dd");
        term.textContent = name.replaceAll("_", " ");
        const text = held !== null && typeof held === "object" ? JSON.stringify(held) : String(held);
        words.textContent = text.length > 600 ? text.slice(0, 600) + "…" : text;
        words.dir = "auto";
        list.append(term, words);
      }
      bubble.append(list);
    } else bubble.textContent = String(value).slice(0, 600);
    bubble.hidden = false;
    const box = bubble.getBoundingClientRect();
    const left = Math.min(event.clientX + 14, innerWidth - box.width - 8);
    const top = event.clientY + box.height + 22 > innerHeight ? event.clientY - box.height - 12 : event.clientY + 14;
    bubble.style.left = Math.max(8, left) + "px";
    bubble.style.top = Math.max(8, top) + "px";
  };

  const lead = (element, figure, view) => {
    const around = element.closest("figure");
    linked.panels(around, view);
    const place = around.querySelector(".behind");
    if (!place) return;
    if (place.reader) return void place.reader.follow(view);
    place.reader = linked.reading(place, figure.reading, rows(figure.reading.rows), view);
    place.addEventListener("clear", () => draw(element));
  };

  const draw = async (element) => {
    const number = Number(element.dataset.figure);
    const figure = island.figures[number];
    const room = Math.max(240, Math.floor(element.clientWidth));
    const many = figure.datasets.reduce((sum, name) => sum + (island.datasets[name].length || 0), 0) > 1500;
    const spec = prepared(figure, room);
    const embed = () =>
      vegaEmbed(element, structuredClone(spec), {
        mode: "vega-lite", ast: true, actions: false, defaultStyle: false, hover: false, tooltip: tell, loader,
        renderer: many ? "canvas" : "svg", logLevel: 1, patch: linked.listening,
      });
    if (views[number]) views[number].finalize();
    try {
      let shown = await embed();
      const over = () => Math.ceil(element.querySelector("svg, canvas").getBoundingClientRect().width) - room;
      const again = async (change) => {
        change();
        shown.finalize();
        shown = await embed();
      };
      if (over() > 2 && !spec.autosize) {
        const side = columns(spec);
        if (side > 1 && over() > 0.12 * room) await again(() => stacked(spec, room));
        for (let turn = 0; turn < 2 && over() > 2; turn += 1) await again(() => narrowed(spec, over(), room));
      }
      views[number] = shown.view;
      lead(element, figure, shown.view);
      element.dataset.room = room;
      element.classList.add("drawn");
      /* One picture with a description; what its marks say stands in the table. */
      element.setAttribute("role", "img");
      element.removeAttribute("aria-roledescription");
      element.querySelector("svg, canvas").setAttribute("aria-hidden", "true");
      if (element.scrollWidth > element.clientWidth) element.tabIndex = 0;
      else element.removeAttribute("tabindex");
    } catch (error) {
      const line = document.createElement("p");
      line.className = "faint";
      line.textContent = "This chart could not be drawn: " + String(error.message || error).slice(0, 300);
      element.replaceChildren(line);
      element.classList.add("undrawn");
    }
  };

  const charts = [...document.querySelectorAll(".chart[data-figure]")];
  const drawAll = async (wanted) => {
    for (const element of wanted) {
      await draw(element);
      await new Promise((done) => setTimeout(done, 0));
    }
    root.dataset.charts = "drawn";
  };

  const retone = (name) => {
    root.dataset.mode = name;
    for (const view of views)
      if (view) {
        for (const [tone, value] of Object.entries(shade[name])) view.signal("page_" + tone, value);
        view.run();
      }
    const button = document.getElementById("mode");
    if (button) button.textContent = name === "dark" ? "Light" : "Dark";
  };
  const button = document.getElementById("mode");
  if (button) {
    button.hidden = false;
    button.addEventListener("click", () => {
      chosen = mode() === "dark" ? "light" : "dark";
      retone(chosen);
    });
  }
  prefersDark.addEventListener("change", () => retone(mode()));
  addEventListener("beforeprint", () => {
    const back = root.dataset.mode;
    const folded = [...document.querySelectorAll(".reading :is(.claim, footer) details:not([open], .bibtex)")];
    for (const details of folded) details.open = true;
    retone("light");
    const restore = () => {
      for (const details of folded) details.open = false;
      retone(back);
    };
    addEventListener("afterprint", restore, { once: true });
  });

  document.addEventListener("click", (event) => {
    const take = event.target.closest && event.target.closest("button.take");
    if (!take) return;
    const figure = island.figures[Number(take.dataset.figure)];
    const address = URL.createObjectURL(new Blob(["\ufeff", figure.csv || ""], { type: "text/csv" }));
    const anchor = document.createElement("a");
    anchor.href = address;
    anchor.download = figure.name + ".csv";
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  });

  for (const copy of document.querySelectorAll("button.copy")) {
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      const text = document.getElementById(copy.dataset.of);
      getSelection().selectAllChildren(text);
      try {
        await navigator.clipboard.writeText(text.textContent);
        copy.textContent = "Copied";
      } catch {
        copy.textContent = "Marked: copy it with Ctrl-C";
      }
    });
  }

  const contents = document.querySelector(".contents details");
  if (contents && innerWidth < 1100) contents.open = false;

  let waiting = 0;
  addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      drawAll(charts.filter((element) => Math.abs(element.clientWidth - Number(element.dataset.room || 0)) > 24));
    }, 250);
  });
  addEventListener("scroll", () => (bubble.hidden = true), { passive: true });
  document.body.append(bubble);
  retone(mode());
  window.workbench.ready = drawAll(charts);
})();
