/* search-engine.js — opens the packed index and asks it. From disk it loads files by script tags, which is all
   that a page from disk may do; over http it fetches the bytes it needs, by range where the server can.
   fangzhiSearch.open() → {search(request, progress, signal) → {response, cost}}; what goes wrong is a Problem
   with a code that the page has words for. */
window.fangzhiSearch = (function () {
  "use strict";
  const BOUNDARY = 1;                                     // the engine's functions as this script calls them
  const ROUNDS = 60;                                      // no query takes nearly as many
  const folder = new URL("../search-index/", document.currentScript.src);
  const byFetch = location.protocol === "http:" || location.protocol === "https:";
  let ranges = null;                                      // whether the server answers a range: not known yet

  class Problem extends Error {
    constructor(code, more) { super(code); Object.assign(this, { code: code }, more); }
  }

  // ── Files ────────────────────────────────────────────────────────────────────────────────────────────

  const handed = {};
  window.fangzhi = function (name, bytes) { handed[name] = bytes; };      // what each file's script calls

  /** Loads a file by a script tag and gives the bytes that it hands over. */
  function byScript(file) {
    const name = file.replace(/\.js$/, "");
    return new Promise(function (resolve, reject) {
      const script = document.createElement("script");
      script.charset = "x-user-defined";
      script.onerror = function () { script.remove(); reject(new Problem("missing", { file: file })); };
      script.onload = function () {
        const text = handed[name];
        delete handed[name];
        script.remove();
        if (text === undefined) return reject(new Problem("cut", { file: file }));
        const bytes = new Uint8Array(text.length);
        for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i) & 255;
        resolve(bytes);
      };
      script.src = new URL(file, folder).href;
      document.head.appendChild(script);
    });
  }

  /** Fetches a file, or bytes start…end of it; `whole` tells which came. */
  async function byHttp(file, version, part, cache) {
    const url = new URL(file + "?v=" + version, folder);
    const headers = part ? { Range: "bytes=" + part.start + "-" + (part.end - 1) } : {};
    let answer, bytes;
    try {
      answer = await fetch(url, { headers: headers, cache: cache || "default" });
      bytes = new Uint8Array(await answer.arrayBuffer());
    } catch (error) {
      throw new Problem("network", { file: file });
    }
    if (!answer.ok) throw new Problem("missing", { file: file });
    return { bytes: bytes, whole: answer.status !== 206 };
  }

  /** The bytes inside a script file; the engine does this itself once it runs. */
  function unescape(file, bytes) {
    const tail = bytes.length - 3;                        // ")⏎ after the closing quote
    let from = bytes.indexOf(44) + 2, to = 0;             // ," before the first byte
    if (from < 2 || bytes[tail] !== 34 || bytes[tail + 1] !== 41) throw new Problem("cut", { file: file });
    const out = new Uint8Array(tail - from);
    for (; from < tail; from += 1) {
      let byte = bytes[from];
      if (byte === 92) {
        from += 1;
        byte = bytes[from] === 110 ? 10 : bytes[from] === 114 ? 13 : bytes[from];
      }
      out[to] = byte;
      to += 1;
    }
    return out.subarray(0, to);
  }

  /** What the build says of the index: versions, for which nothing else need be loaded. */
  function about() {
    const index = window.fangzhiIndex;
    if (!index) throw new Problem("missing", { file: "about.js" });
    if (index.boundary !== BOUNDARY) throw new Problem("version", {});
    return index;
  }

  // ── The engine, in a worker or here ──────────────────────────────────────────────────────────────────

  /** Makes the function that calls the engine. Stands alone: its text is also the worker's. */
  async function engine(module) {
    const wasm = (await WebAssembly.instantiate(module, {})).exports;
    return function (name, numbers, bytes) {
      const at = wasm.engine_alloc(bytes.length);
      new Uint8Array(wasm.memory.buffer, at, bytes.length).set(bytes);
      try { wasm[name].apply(null, numbers.concat([at, bytes.length])); } catch (trap) { /* the answer tells why */ }
      const told = new Uint8Array(wasm.memory.buffer, wasm.engine_answer(), wasm.engine_answer_len());
      return JSON.parse(new TextDecoder().decode(told));
    };
  }

  /** The worker's script: answers one call after the other. */
  function inWorker(self) {
    let call = null;
    self.onmessage = async function (event) {
      const message = event.data;
      let reply;
      try {
        if (message.module) call = await engine(message.module);
        reply = { id: message.id, answer: message.name ? call(message.name, message.numbers, message.bytes) : "ready" };
      } catch (error) {
        reply = { id: message.id, failed: String(error) };
      }
      self.postMessage(reply);
    };
  }

  /** Starts a worker with the engine; rejects where there can be none. */
  function startWorker(module) {
    return new Promise(function (resolve, reject) {
      const text = engine.toString() + "\n(" + inWorker.toString() + ")(self);";
      const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
      const worker = new Worker(url);
      const waiting = {};
      let last = 0;
      function post(message, transfer) {
        last += 1;
        message.id = last;
        return new Promise(function (done, failed) {
          waiting[message.id] = { done: done, failed: failed };
          worker.postMessage(message, transfer || []);
        });
      }
      function fail(error) {
        Object.keys(waiting).forEach(function (id) { waiting[id].failed(new Problem("engine", { detail: String(error) })); });
        worker.terminate();
        reject(error);
      }
      worker.onmessage = function (event) {
        const reply = event.data, wait = waiting[reply.id];
        delete waiting[reply.id];
        if (reply.failed === undefined) wait.done(reply.answer);
        else wait.failed(new Problem("engine", { detail: reply.failed }));
      };
      worker.onerror = function (event) { event.preventDefault(); fail(event.message); };
      worker.onmessageerror = function () { fail("the module can't be posted"); };
      post({ module: module }).then(function () {
        URL.revokeObjectURL(url);
        resolve(function (name, numbers, bytes) {
          return post({ name: name, numbers: numbers, bytes: bytes }, [bytes.buffer]);
        });
      }, reject);
    });
  }

  /** Starts the engine in a worker, or on this thread where no worker runs. */
  async function start(module) {
    try {
      return await startWorker(module);
    } catch (error) {
      const call = await engine(module);
      return async function (name, numbers, bytes) {
        try { return call(name, numbers, bytes); } catch (trap) { throw new Problem("engine", { detail: String(trap) }); }
      };
    }
  }

  async function compile(index) {
    if (typeof WebAssembly !== "object" || typeof DecompressionStream !== "function") throw new Problem("browser", {});
    let packed;
    if (byFetch) packed = unescape("engine.js", (await byHttp("engine.js", index.engine)).bytes);
    else packed = await byScript("engine.js");
    let bytes;
    try {
      const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
      bytes = await new Response(stream).arrayBuffer();
    } catch (error) {
      throw new Problem("altered", { file: "engine.js" });
    }
    try {
      return await WebAssembly.compile(bytes);
    } catch (error) {
      throw new Problem("browser", { detail: String(error) });
    }
  }

  // ── Asking ───────────────────────────────────────────────────────────────────────────────────────────

  function checked(told) {
    if (told.error) throw new Problem(told.error.code, told.error);
    return told;
  }

  /** Opens the index; its start-up cost is two files. */
  async function open() {
    const index = about();
    const loadBoot = byFetch ? byHttp("boot.js", index.index).then(function (got) { return got.bytes; }) : byScript("boot.js");
    loadBoot.catch(function () { /* told below */ });     // whichever of the two fails first is told
    const call = await start(await compile(index));
    const form = byFetch ? 1 : 0;
    const booted = checked(await call("engine_boot", [form], await loadBoot));
    if (booted.ok !== index.index) throw new Problem("version", {});

    /** Loads what the engine needs of one file. */
    async function provide(need, cost) {
      cost.files += 1;
      if (!byFetch) {
        cost.bytes += need.size;
        return checked(await call("engine_put", [need.chunk, 0], await byScript(need.file)));
      }
      const wanted = need.parts.reduce(function (sum, part) { return sum + part.end - part.start; }, 0);
      const parts = ranges === false || wanted > need.size * 0.7 ? [null] : need.parts;
      await Promise.all(parts.map(function (part) { return providePart(need, part, cost); }));
    }

    async function providePart(need, part, cost, again) {
      const got = await byHttp(need.file, index.index, part, again ? "reload" : undefined);
      cost.bytes += got.bytes.length;
      if (part) ranges = !got.whole;
      try {
        if (got.whole) checked(await call("engine_put", [need.chunk, 1], got.bytes));
        else checked(await call("engine_put_part", [part.block, part.count], got.bytes));
      } catch (problem) {
        // A cache may hold the file of an earlier build: ask the server itself, once.
        if (again || problem.code === "engine") throw problem;
        await providePart(need, part, cost, true);
      }
    }

    /** Asks; loads what it takes, as often as it takes. */
    async function search(request, progress, signal) {
      const cost = { rounds: 0, files: 0, bytes: 0, ms: performance.now() };
      const text = JSON.stringify(request);
      for (;;) {
        if (signal && signal.aborted) throw new Problem("aborted", {});
        const told = checked(await call("engine_search", [], new TextEncoder().encode(text)));
        if (told.answer) {
          cost.ms = performance.now() - cost.ms;
          return { response: told.answer, cost: cost };
        }
        cost.rounds += 1;
        if (cost.rounds > ROUNDS) throw new Problem("engine", { detail: "no end of rounds" });
        let needs = told.need;
        if (byFetch && ranges === null) {                 // the first tells whether the server can do ranges
          const first = needs[0];
          await providePart(first, first.parts[0], cost);
          needs = [Object.assign({}, first, { parts: ranges ? first.parts.slice(1) : [] })].concat(needs.slice(1));
          needs = needs.filter(function (need) { return need.parts.length; });
          cost.files += 1;
        }
        let done = 0;
        await pool(needs, 8, async function (need) {
          if (signal && signal.aborted) throw new Problem("aborted", {});
          await provide(need, cost);
          done += 1;
          if (progress) progress(done, needs.length, cost);
        });
      }
    }

    return { search: search };
  }

  /** Does `work` for all `items`, `width` at a time. */
  async function pool(items, width, work) {
    let next = 0;
    async function lane() {
      while (next < items.length) {
        const item = items[next];
        next += 1;
        await work(item);
      }
    }
    const lanes = [];
    while (lanes.length < Math.min(width, items.length)) lanes.push(lane());
    await Promise.all(lanes);
  }

  let opened = null;
  return {
    Problem: Problem,
    /** The open index; opened once, and again after a failure. */
    open: function () {
      if (!opened) {
        opened = open();
        opened.catch(function () { opened = null; });
      }
      return opened;
    },
    /** Forgets the open index: after a failure of the engine itself. */
    close: function () { opened = null; }
  };
})();
