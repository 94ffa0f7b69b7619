/* One passage at a time: codes, then the guess. Keeps answers in the browser where that is allowed; saves a file. */
(() => {
  "use strict";
  const body = document.body;
  const by = (id) => document.getElementById(id);
  const { coder, draw } = body.dataset;
  const passages = [...document.querySelectorAll("#passages > li")];
  const frames = [...document.querySelectorAll(".frame")];
  const guesses = [...document.querySelectorAll("[data-guess]")];
  const names = frames.map((frame) => frame.dataset.frame);
  const place = `workbench-sheet-${draw}-${coder}`;
  const LONGEST = 600; /* Seconds counted for one look at a passage: whoever needs more has left the room. */

  let answers = Object.create(null); /* id -> { codes: {frame: 1 | 0 | null}, guess, seconds } */
  let at = 0;
  let line = 0;
  let since = 0;
  let handed = true; /* Whether the last answers are in a file that was saved. */

  const store = (() => {
    try {
      localStorage.setItem(place + "-try", "1");
      localStorage.removeItem(place + "-try");
      return localStorage;
    } catch {
      return null;
    }
  })();
  const warn = (words) => {
    by("unkept").textContent = words;
    by("unkept").hidden = false;
  };
  const UNKEPT = "This browser does not keep your answers by itself. Before you close this page, take “Save and pause” " +
    "and save the file; this page can open it again.";
  if (!store) warn(UNKEPT);

  const answer = (id) => answers[id] || (answers[id] = { codes: {}, guess: undefined, seconds: 0 });
  const coded = (id) => Boolean(answers[id]) && names.every((name) => name in answers[id].codes);
  const finished = (id) => coded(id) && answers[id].guess !== undefined;
  const begun = (id) => Boolean(answers[id]) && (Object.keys(answers[id].codes).length > 0 || answers[id].guess !== undefined);
  const id = () => passages[at].dataset.id;
  const count = () => passages.filter((passage) => finished(passage.dataset.id)).length;
  const say = (words) => (by("say").textContent = words);

  const content = () => ({
    what: "codes of a coding sheet",
    version: 1,
    draw,
    coder,
    saved: new Date().toISOString(),
    finished: count(),
    answers: passages.map((passage) => passage.dataset.id).filter(begun).map((one) => ({
      id: one,
      codes: answers[one].codes,
      ...(answers[one].guess === undefined ? {} : { guess: answers[one].guess }),
      seconds: Math.round(answers[one].seconds),
    })),
  });
  /* What was saved before, in this browser or in a file; only what belongs to this sheet is taken. */
  const taken = (held) => {
    if (!held || held.draw !== draw || held.coder !== coder || !Array.isArray(held.answers)) return 0;
    const known = new Set(passages.map((passage) => passage.dataset.id));
    const said = new Set(guesses.map((button) => button.dataset.guess).filter((code) => code !== "none"));
    const made = Object.create(null);
    for (const row of held.answers) {
      if (!row || !known.has(row.id) || !row.codes) continue;
      const codes = {};
      for (const name of names) if ([1, 0, null].includes(row.codes[name])) codes[name] = row.codes[name];
      made[row.id] = { codes, guess: said.has(row.guess) || row.guess === null ? row.guess : undefined, seconds: Number(row.seconds) || 0 };
    }
    answers = made;
    return Object.keys(made).length;
  };
  const keep = () => {
    handed = false;
    if (!store) return;
    try {
      store.setItem(place, JSON.stringify({ ...content(), at }));
    } catch {
      warn(UNKEPT);
    }
  };
  const clock = () => {
    if (since && body.dataset.step === "code") answer(id()).seconds += Math.min(LONGEST, (Date.now() - since) / 1000);
    since = document.hidden ? 0 : Date.now();
  };

  const mark = () => {
    const held = answers[id()] || { codes: {} };
    frames.forEach((frame, number) => {
      frame.classList.toggle("here", number === line);
      for (const button of frame.querySelectorAll("[data-code]"))
        button.setAttribute("aria-pressed", String(frame.dataset.frame in held.codes && String(held.codes[frame.dataset.frame]) === button.dataset.code));
    });
    for (const button of guesses)
      button.setAttribute("aria-pressed", String(held.guess !== undefined && String(held.guess) === (button.dataset.guess === "none" ? "null" : button.dataset.guess)));
    by("guess").hidden = !coded(id());
    const done = count();
    by("progress").value = done;
    by("done").textContent = `${done} of ${passages.length} done`;
    by("back").disabled = at === 0 && body.dataset.step === "code";
    by("next").textContent = at === passages.length - 1 ? "Finish" : "Next";
    by("next").hidden = body.dataset.step === "end";
  };
  const step = (name) => {
    clock();
    body.dataset.step = name;
    by("start").hidden = name !== "start";
    by("code").hidden = name !== "code";
    by("end").hidden = name !== "end";
    by("pause").hidden = name !== "code";
    document.querySelector(".bar").hidden = name === "start";
    since = Date.now();
  };
  const show = (number) => {
    step("code");
    at = number;
    since = Date.now();
    const first = names.findIndex((name) => !(answers[id()] && name in answers[id()].codes));
    line = first < 0 ? names.length : first;
    passages.forEach((passage, other) => passage.classList.toggle("now", other === at));
    by("at").textContent = String(at + 1);
    for (const details of document.querySelectorAll(".frame details")) details.open = false;
    mark();
    scrollTo(0, 0);
    by("where").focus({ preventScroll: true });
    say(`Passage ${at + 1} of ${passages.length}. ${by("done").textContent}.`);
  };
  const end = () => {
    step("end");
    const open = passages.map((passage, number) => [passage.dataset.id, number]).filter(([one]) => !finished(one));
    by("left").textContent = open.length === 0 ? "All passages are coded. Thank you."
      : `${open.length} of ${passages.length} passages ${open.length === 1 ? "is" : "are"} not finished. You can still go back:`;
    by("open").replaceChildren(...open.map(([, number]) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = String(number + 1);
      button.setAttribute("aria-label", `Go to passage ${number + 1}`);
      button.addEventListener("click", () => show(number));
      item.append(button);
      return item;
    }));
    by("text").value = JSON.stringify(content());
    mark();
    scrollTo(0, 0);
    by("end-title").focus({ preventScroll: true });
  };
  const go = (by_) => {
    if (body.dataset.step === "end") {
      if (by_ < 0) show(at);
    } else if (at + by_ >= passages.length) end();
    else if (at + by_ >= 0) show(at + by_);
    keep();
  };
  const WORDS = { 1: "yes", 0: "no", null: "unsure" };
  const code = (number, value, onwards) => {
    const name = names[number];
    answer(id()).codes[name] = value;
    line = onwards ? number + 1 : number;
    keep();
    mark();
    say(`${frames[number].querySelector(".label").lastChild.textContent.trim()}: ${WORDS[value]}`);
    if (coded(id()) && answers[id()].guess === undefined) by("guess").scrollIntoView({ block: "nearest" });
    else if (onwards && line < names.length) frames[line].scrollIntoView({ block: "nearest" });
  };
  const guess = (value) => {
    answer(id()).guess = value === "none" ? null : value;
    keep();
    mark();
    say("Guess noted.");
    by("next").focus({ preventScroll: true });
  };

  by("panel").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.guess) guess(button.dataset.guess);
    else code(frames.indexOf(button.closest(".frame")), JSON.parse(button.dataset.code), false);
  });
  by("panel").addEventListener("submit", (event) => event.preventDefault());
  by("back").addEventListener("click", () => go(-1));
  by("next").addEventListener("click", () => go(1));
  by("pause").addEventListener("click", () => {
    end();
    keep();
  });
  by("begin").addEventListener("click", () => {
    const next = passages.findIndex((passage) => !finished(passage.dataset.id));
    if (next < 0) end();
    else show(next);
  });
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    if (body.dataset.step === "start" || !by("keyed").checked) return;
    const step_ = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step_) {
      event.preventDefault();
      go(step_);
      return;
    }
    if (body.dataset.step !== "code") return;
    const turn = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const value = { y: 1, n: 0, u: null }[event.key.toLowerCase()];
    const number = /^[1-9]$/.test(event.key) ? Number(event.key) - 1 : -1;
    if (turn) {
      event.preventDefault();
      line = Math.max(0, Math.min(names.length, line + turn));
      mark();
      (frames[line] || by("guess")).scrollIntoView({ block: "nearest" });
    } else if (value !== undefined && line < names.length) code(line, value, true);
    else if (number >= 0 && line >= names.length && coded(id())) {
      if (guesses[number]) guess(guesses[number].dataset.guess);
    } else if (number >= 0 && number < names.length) {
      const now = answers[id()] && answers[id()].codes[names[number]];
      code(number, now === 1 ? 0 : now === 0 ? null : 1, false);
    }
  });

  const file = `codes-${coder}-${draw}.json`;
  by("file").textContent = file;
  by("save").addEventListener("click", () => {
    const address = URL.createObjectURL(new Blob([JSON.stringify(content(), null, 1)], { type: "application/json" }));
    const anchor = document.createElement("a");
    anchor.href = address;
    anchor.download = file;
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
    handed = true;
    by("saved").textContent = "Look for it among your downloads.";
  });
  by("copy").addEventListener("click", async () => {
    by("text").value = JSON.stringify(content());
    by("text").select();
    let done = false;
    try {
      await navigator.clipboard.writeText(by("text").value);
      done = true;
    } catch {
      try {
        done = document.execCommand("copy");
      } catch {
        done = false;
      }
    }
    handed = handed || done;
    by("copied").textContent = done ? "Copied." : "Not copied: mark the text with your finger or mouse and copy it.";
  });
  by("again").addEventListener("change", async () => {
    let found = 0;
    try {
      found = taken(JSON.parse((await by("again").files[0].text()).replace(/^\ufeff/, "")));
    } catch {
      found = 0;
    }
    by("again-said").textContent = found ? `${found} ${found === 1 ? "passage" : "passages"} taken over.` : `This is no file of sheet ${coder} of this draw.`;
    if (found) {
      keep();
      greet();
    }
  });
  const greet = () => {
    const done = count();
    const any = passages.some((passage) => begun(passage.dataset.id));
    by("begin").textContent = any ? "Go on" : "Start";
    by("kept").textContent = any ? `${done} of ${passages.length} are done. You go on where you stopped.` : "";
  };

  document.addEventListener("visibilitychange", clock);
  addEventListener("pagehide", () => {
    clock();
    if (body.dataset.step === "code" && begun(id())) keep();
  });
  addEventListener("beforeunload", (event) => {
    if (!store && !handed) event.preventDefault();
  });
  if (store) {
    try {
      taken(JSON.parse(store.getItem(place)));
    } catch {
      /* What was kept is no answer of this page: begin anew. */
    }
  }

  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  const mode = by("mode");
  const retone = (name) => {
    document.documentElement.dataset.mode = name;
    mode.textContent = name === "dark" ? "Light" : "Dark";
  };
  mode.hidden = false;
  mode.addEventListener("click", () => retone(document.documentElement.dataset.mode === "dark" ? "light" : "dark"));
  prefersDark.addEventListener("change", () => retone(prefersDark.matches ? "dark" : "light"));
  retone(prefersDark.matches ? "dark" : "light");
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll(".frame details:not([open])")];
    for (const details of folded) details.open = true;
  });
  addEventListener("afterprint", () => folded.forEach((details) => (details.open = false)));
  step("start");
  greet();
  mark();
  window.workbench = { ready: Promise.resolve() };
})();
