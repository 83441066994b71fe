// What a visitor sees on the page as it stands. Runs inside the page; returns plain values, no text that was typed.
() => {
  const most = 20;
  const clean = (text) => (text || "").replace(/\s+/g, " ").trim().slice(0, 200);
  const seen = (element) =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
    element.getBoundingClientRect().width > 1 &&
    element.getBoundingClientRect().height > 1;
  const every = (selector, root = document) => [...root.querySelectorAll(selector)].filter(seen).slice(0, most);
  const labelled = (element) =>
    (element.getAttribute("aria-labelledby") || "")
      .split(/\s+/)
      .map((id) => id && document.getElementById(id)?.innerText)
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
  const form = (element) => {
    const usable = (field) => !field.disabled && !field.readOnly;
    const fields = "textarea, select, input:not([type=hidden]):not([type=submit]):not([type=button]):not([type=reset])";
    const senders = "button:not([type]), button[type=submit], input[type=submit], input[type=image]";
    return {
      // The properties of these names may be shadowed by fields that are called so.
      method: (element.getAttribute("method") || "get").toLowerCase(),
      action: new URL(element.getAttribute("action") || "", document.baseURI).href,
      fields: every(fields, element).filter(usable).map(name),
      sendable: every(senders, element).some((button) => !button.disabled),
    };
  };
  return {
    title: clean(document.title),
    language: document.documentElement.lang.toLowerCase(),
    heading: clean(document.querySelector("h1")?.innerText),
    words: (document.body?.innerText || "").split(/\s+/).filter(Boolean).length,
    dialogs: every("[role=dialog], [role=alertdialog], [aria-modal=true], dialog[open]").map((dialog) => ({
      text: clean(dialog.innerText),
      controls: every(controls, dialog).map(control),
    })),
    forms: every("form").map(form),
  };
}
