// What a visitor sees on the page as it stands, open shadow roots included. Runs inside the page; returns plain values,
// no text that was typed, and of what a question says only which of the words of `asking.py` are in it.
(words) => {
  const most = 20;
  const plain = (text) => (text || "").replace(/[\u00ad\u200b]/g, "").replace(/\s+/g, " ").trim();
  const clean = (text) => plain(text).slice(0, 200);
  const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const seen = (element) =>
    shown(element) && element.getBoundingClientRect().width > 1 && element.getBoundingClientRect().height > 1;

  // The tree as visitors meet it: below an element stands what is in its open shadow root, too.
  const below = (root) => [
    ...(root.shadowRoot ? below(root.shadowRoot) : []),
    ...[...root.querySelectorAll("*")].flatMap((each) => [each, ...(each.shadowRoot ? below(each.shadowRoot) : [])]),
  ];
  const above = (element) => element.parentElement || element.getRootNode().host || null;
  const around = (element) => (element ? [element, ...around(above(element))] : []);
  const within = (element, selector) => around(element).some((each) => each.matches(selector));
  const all = (selector, root = document) => below(root).filter((each) => each.matches(selector) && seen(each));
  const every = (selector, root = document) => all(selector, root).slice(0, most);
  const text = (element) =>
    [element, ...element.querySelectorAll("*")]
      .filter((each) => each.shadowRoot)
      .flatMap((host) => [...host.shadowRoot.children].filter(shown).map(text))
      .reduce((said, more) => `${said} ${more}`, element.innerText || "");

  const labelled = (element) =>
    (element.getAttribute("aria-labelledby") || "")
      .split(/\s+/)
      .map((id) => id && element.getRootNode().getElementById(id)?.innerText)
      .filter(Boolean)
      .join(" ");
  const name = (element) =>
    clean(
      element.getAttribute("aria-label") ||
        labelled(element) ||
        [...(element.labels || [])].map((label) => label.innerText).join(" ") ||
        element.innerText ||
        (element.matches("input[type=submit], input[type=button]") ? element.value : "") ||
        element.getAttribute("placeholder"),
    );
  const control = (element) => {
    const box = element.getBoundingClientRect();
    return {
      text: name(element),
      kind: element.type || element.getAttribute("role") || element.localName,
      width: Math.round(box.width),
      height: Math.round(box.height),
      font: Math.round(parseFloat(getComputedStyle(element).fontSize)),
      checked: Boolean(element.checked) || element.getAttribute("aria-checked") === "true",
    };
  };
  const controls =
    "button, a[href], select, input:not([type=hidden]), [role=button], [role=link], [role=checkbox], [role=switch]";
  const pressed = "button, a[href], input[type=submit], input[type=button], [role=button], [role=link]";

  // -- questions ------------------------------------------------------------------------------------------------------

  const dialogs = "[role=dialog], [role=alertdialog], [aria-modal=true], dialog[open]";
  // What stands for itself: a question does not reach beyond it.
  const parts = `${dialogs}, section, article, aside, form, [role=region], [role=alert], [role=status]`;
  const has = (pattern) => new RegExp(pattern, "iu");
  const count = (said, pattern) => [...said.matchAll(new RegExp(pattern, "giu"))].length;
  // What only a link says ("Personvern" at the bottom of anything) is not what is asked.
  const about = (element) => {
    const said = plain([element.getAttribute("aria-label"), labelled(element), text(element)].join(" "));
    const linked = plain(all("a[href]:not([role=button])", element).map(text).join(" "));
    return words.subjects.filter(([, word]) => count(said, word) > count(linked, word)).map(([subject]) => subject);
  };
  const isPage = (element) =>
    element.matches("html, body, main, [role=main]") ||
    below(element).some((each) => each.matches("main, [role=main], h1"));
  // Where a yes and a no stand together beside what they are about, though nothing calls it a dialog.
  const undeclared = () => {
    const free = all(pressed).filter((each) => !within(each, dialogs));
    const refusing = free.filter((each) => has(words.refuses).test(name(each)));
    const accepting = free.filter((each) => has(words.accepts).test(name(each)) && !refusing.includes(each));
    const found = accepting.map((yes) => {
      const way = around(above(yes));
      const both = way.findIndex((each) => refusing.some((no) => around(no).includes(each)));
      const ends = way.findIndex((each, at) => at >= both && (isPage(each) || each.matches(parts)));
      const question = way.slice(both, ends + 1).find((each) => about(each).length);
      return both < 0 || !question || isPage(question) ? null : question;
    });
    return [...new Set(found.filter(Boolean))].slice(0, most);
  };
  const question = (element) => ({ about: about(element), controls: every(controls, element).map(control) });

  // -- forms ----------------------------------------------------------------------------------------------------------

  const address = (action) => {
    try {
      return action ? new URL(action, document.baseURI).href : document.URL;
    } catch {
      return "";
    }
  };
  const form = (element) => {
    const usable = (field) => !field.disabled && !field.readOnly;
    const fields = "textarea, select, input:not([type=hidden]):not([type=submit]):not([type=button]):not([type=reset])";
    const senders = "button:not([type]), button[type=submit], input[type=submit], input[type=image]";
    const sender = every(senders, element).find((button) => !button.disabled);
    // The properties of these names may be shadowed by fields that are called so; the button's own words go first.
    const said = (word) => sender?.getAttribute(`form${word}`) ?? element.getAttribute(word);
    const method = said("method");
    return {
      method: method === null ? "" : ["post", "dialog"].find((known) => known === method.toLowerCase()) || "get",
      action: address(said("action")),
      fields: every(fields, element).filter(usable).map(name),
      sendable: Boolean(sender),
    };
  };

  return {
    title: clean(document.title),
    language: document.documentElement.lang.toLowerCase(),
    heading: clean(document.querySelector("h1")?.innerText),
    words: (document.body?.innerText || "").split(/\s+/).filter(Boolean).length,
    dialogs: [...every(dialogs), ...undeclared()].map(question),
    forms: every("form").map(form),
  };
}
