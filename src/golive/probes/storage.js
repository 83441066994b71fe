// The names of what this frame has stored on the visitor's machine; never what it stored. One thing of our own is put
// beside it: whoever reads the list and does not find that one cannot read it.
async (control) => {
  if (control) {
    localStorage.setItem(control, "");
  }
  const keys = (place) => {
    try {
      return Object.keys(window[place]);
    } catch {
      return []; // a frame without an origin of its own may not store
    }
  };
  const listed = async (ask) => {
    try {
      return await ask();
    } catch {
      return [];
    }
  };
  return {
    localStorage: keys("localStorage"),
    sessionStorage: keys("sessionStorage"),
    indexedDB: (await listed(() => indexedDB.databases())).map((database) => database.name),
    cache: await listed(() => caches.keys()),
  };
}
