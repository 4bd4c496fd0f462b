// Put into each page by `fangzhi serve`, and in no site: loads the page anew when the site has
// changed, and shows what is the matter with the archive.
(() => {
  "use strict";
  const words = {/* words */};
  const shown = document.currentScript.dataset.site;
  let source = null;
  let panel = null;

  const fill = (word, values) => words[word].replace(/\{(\w+)\}/g, (slot, name) => values[name] ?? slot);

  const element = (name, text, parent) => {
    const made = document.createElement(name);
    made.textContent = text;
    parent.append(made);
    return made;
  };

  const hide = () => {
    panel?.remove();
    panel = null;
  };

  const tell = (state) => {
    hide();
    if (!state.failed && state.told.length === 0) return;
    panel = document.createElement("section");
    panel.id = "fangzhi-serve";
    panel.className = state.failed ? "failed" : "";
    panel.setAttribute("role", state.failed ? "alert" : "status");
    const title = state.failed ? words["serve.failed"] : fill("serve.told", { n: state.told.length + state.more });
    element("h2", title, panel);
    if (state.failed) element("p", words["serve.kept"], panel);
    const list = element("ul", "", panel);
    for (const one of state.told) {
      const item = element("li", "", list);
      const place = [one.file, one.line ? fill("serve.line", { line: one.line }) : ""].filter(Boolean).join(" ");
      if (place) element("b", place, item);
      if (one.text) element("p", one.text, item);
      element("pre", one.message, item);
      if (one.hint) element("p", `→ ${one.hint}`, item);
    }
    if (state.more) element("p", fill("serve.more", { n: state.more }), panel);
    const button = element("button", words["serve.hide"], panel);
    button.type = "button";
    button.addEventListener("click", hide);
    document.body.append(panel);
  };

  const listen = () => {
    source ??= new EventSource("/_serve/events");
    source.onmessage = (event) => {
      const state = JSON.parse(event.data);
      if (state.site && state.site !== shown) location.reload();
      else tell(state);
    };
  };

  // A browser has six connections to a server: tabs that nobody looks at leave theirs to others.
  const leave = () => {
    source?.close();
    source = null;
  };

  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = "/_serve/live.css";
  document.head.append(style);
  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : listen()));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
  window.addEventListener("pagehide", leave);
  window.addEventListener("pageshow", () => {
    if (!document.hidden) listen();
  });
})();
