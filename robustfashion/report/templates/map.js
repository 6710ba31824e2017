(() => {
  const NEAR = 24, NOWHERE = 65535, SIDE = 1000, ZOOM = 2.4;
  const bytes = (text) => new Uint16Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
  const make = (tag, name, parent) => {
    const found = document.createElement(tag);
    if (name) found.className = name;
    if (parent) parent.append(found);
    return found;
  };
  const start = (root, number) => {
    const data = JSON.parse(root.querySelector("script").textContent);
    const n = data.names.length;
    const colourings = data.colourings.map((c) => ({ ...c, drawn: bytes(c.drawn), word: bytes(c.word), picked: new Set() }));
    const legends = [...root.querySelectorAll(".legend")];
    const select = root.querySelector("select");
    const says = make("div", "hidden", root);
    says.setAttribute("aria-live", "polite");
    const help = make("p", "hidden", root);
    help.id = `map-help-${number}`;
    help.textContent = "Arrow keys go to the nearest product in that direction, Page Up and Page Down through all of them, "
      + "Home and End to the first and the last. Enter keeps the card open, Escape closes it.";

    /* the card of one product */
    const card = make("div", "tip", root);
    card.hidden = true;
    const sprite = document.getElementById(root.dataset.sprite);
    let picture = null;
    if (sprite && data.thumbnails) {
      const size = data.thumbnails.cell * ZOOM;
      const thumb = make("div", "thumb", card);
      thumb.style.width = thumb.style.height = `${size}px`;
      picture = make("img", "", thumb);
      picture.alt = "";
      picture.src = sprite.src;
      picture.style.width = `${sprite.getAttribute("width") * ZOOM}px`;
    }
    const words = make("div", "", card);
    const close = make("button", "close", card);
    close.type = "button";
    close.textContent = "×";
    close.setAttribute("aria-label", "Close");
    const name = make("p", "name", words);
    const list = make("dl", "", words);
    const rows = [...(data.groups.length ? [{ name: "product" }] : []), ...colourings].map((c) => {
      make("dt", "", list).textContent = c.name;
      return make("dd", "", list);
    });
    const facts = (i) => [...(data.groups.length ? [data.groups[i]] : []), ...colourings.map((c) => c.words[c.word[i]])];

    const maps = [...root.querySelectorAll("figure")].map((figure) => {
      const frame = figure.querySelector(".frame");
      const ring = make("span", "ring", frame);
      ring.hidden = true;
      const at = bytes(data.places[figure.dataset.layout]);
      return { figure, frame, ring, at, group: frame.querySelector("g"), first: Number(figure.dataset.colouring), shown: -1 };
    });
    const visible = (map, i) => {
      const c = colourings[map.shown];
      return map.at[2 * i] !== NOWHERE && (c.picked.size === 0 || c.picked.has(c.drawn[i]));
    };

    /* colours */
    const paint = (map, index) => {
      const c = colourings[index];
      const shapes = map.frame.closest(".large") ? data.shapes.large : data.shapes.small;
      const layers = Array.from({ length: data.layers }, () => c.entries.map(() => []));
      for (let i = 0; i < n; i += 1) {
        if (map.at[2 * i] === NOWHERE) continue;
        layers[i % data.layers][c.drawn[i]].push(`M${map.at[2 * i]} ${map.at[2 * i + 1]}${shapes[c.entries[c.drawn[i]][1]][0]}`);
      }
      const found = [];
      for (const layer of layers) {
        for (let k = layer.length - 1; k >= 0; k -= 1) {
          if (!layer[k].length) continue;
          const [colour, shape] = c.entries[k];
          const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
          path.setAttribute("class", `${colour} s${shape}`);
          if (shapes[shape][1]) path.setAttribute("stroke-width", shapes[shape][1]);
          path.setAttribute("d", layer[k].join(""));
          path.dataset.entry = k;
          found.push(path);
        }
      }
      map.group.replaceChildren(...found);
      map.shown = index;
    };
    const fade = () => maps.forEach((map) => {
      const { picked } = colourings[map.shown];
      const paths = [...map.group.children];
      paths.forEach((p) => p.classList.toggle("faded", picked.size > 0 && !picked.has(Number(p.dataset.entry))));
      if (picked.size) map.group.append(...paths.filter((p) => !p.classList.contains("faded")));
    });
    const choose = (value) => {
      maps.forEach((map) => paint(map, value === "" ? map.first : Number(value)));
      legends.forEach((legend, k) => { legend.hidden = !maps.some((map) => map.shown === k); });
      root.querySelectorAll(".by").forEach((text) => { text.hidden = value !== ""; });
      fade();
      again();
    };
    legends.forEach((legend, index) => legend.querySelectorAll("li").forEach((item, k) => {
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("aria-pressed", "false");
      button.append(...item.childNodes);
      item.append(button);
      button.addEventListener("click", () => {
        const { picked } = colourings[index];
        if (!picked.delete(k)) picked.add(k);
        button.setAttribute("aria-pressed", String(picked.has(k)));
        fade();
        again();
      });
    }));

    /* one product, in all layouts */
    let current = -1, pinned = false, under = maps[0];
    const place = (map, i) => {
      const box = map.frame.getBoundingClientRect(), outer = root.getBoundingClientRect();
      const x = box.left - outer.left + (map.at[2 * i] / SIDE) * box.width;
      const y = box.top - outer.top + (map.at[2 * i + 1] / SIDE) * box.height;
      const left = x + 14 + card.offsetWidth > outer.width ? x - 14 - card.offsetWidth : x + 14;
      card.style.left = `${Math.max(0, Math.min(left, outer.width - card.offsetWidth))}px`;
      card.classList.toggle("over", y + outer.top > innerHeight - card.offsetHeight - 30); // where it is fixed: not upon the point
      const above = y - 14 - card.offsetHeight;
      card.style.top = `${above + outer.top < 0 || left < 0 ? y + 14 : above}px`;
    };
    const show = (map, i) => {
      current = i;
      under = map;
      name.textContent = data.names[i];
      facts(i).forEach((text, k) => { rows[k].textContent = text; });
      if (picture) {
        const { columns, cell } = data.thumbnails;
        picture.style.transform = `translate(${-(i % columns) * cell * ZOOM}px, ${-Math.floor(i / columns) * cell * ZOOM}px)`;
      }
      card.hidden = false;
      card.classList.toggle("pinned", pinned);
      for (const other of maps) {
        other.ring.hidden = other.at[2 * i] === NOWHERE;
        other.ring.style.left = `${other.at[2 * i] / 10}%`;
        other.ring.style.top = `${other.at[2 * i + 1] / 10}%`;
      }
      place(map, i);
    };
    const hide = () => {
      current = -1;
      pinned = false;
      card.hidden = true;
      maps.forEach((map) => { map.ring.hidden = true; });
    };
    const again = () => { if (pinned) place(under, current); else hide(); };
    const nearest = (map, event) => {
      const box = map.frame.getBoundingClientRect();
      const x = ((event.clientX - box.left) / box.width) * SIDE, y = ((event.clientY - box.top) / box.height) * SIDE;
      let found = -1, least = ((NEAR / box.width) * SIDE) ** 2;
      for (let i = 0; i < n; i += 1) {
        if (!visible(map, i)) continue;
        const d = (map.at[2 * i] - x) ** 2 + (map.at[2 * i + 1] - y) ** 2;
        if (d < least) [found, least] = [i, d];
      }
      return found;
    };

    /* mouse and touch */
    for (const map of maps) {
      map.frame.addEventListener("pointermove", (event) => {
        if (pinned || event.pointerType === "touch") return;
        const i = nearest(map, event);
        if (i < 0) hide(); else if (i !== current) show(map, i);
      });
      map.frame.addEventListener("pointerleave", (event) => {
        if (!pinned && event.pointerType !== "touch" && document.activeElement !== map.frame) hide();
      });
      map.frame.addEventListener("click", (event) => {
        const i = nearest(map, event);
        const same = pinned && i === current;
        hide();
        if (i < 0 || same) return;
        pinned = true;
        show(map, i);
      });
    }
    close.addEventListener("click", () => { hide(); if (under.frame.tabIndex === 0) under.frame.focus(); });
    addEventListener("click", (event) => { if (pinned && !root.contains(event.target)) hide(); });
    root.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });

    /* keyboard: every large map is one stop */
    const DIRECTIONS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
    const beyond = (map, [dx, dy]) => {
      let found = -1, least = Infinity;
      for (let i = 0; i < n; i += 1) {
        if (i === current || !visible(map, i)) continue;
        const x = map.at[2 * i] - map.at[2 * current], y = map.at[2 * i + 1] - map.at[2 * current + 1];
        const along = x * dx + y * dy, across = Math.abs(x * dy) + Math.abs(y * dx);
        const cost = along + 2 * across;
        if (along > 0 && across <= along && cost < least) [found, least] = [i, cost];
      }
      return found;
    };
    const step = (map, from, by) => {
      for (let i = from; i >= 0 && i < n; i += by) if (visible(map, i)) return i;
      return -1;
    };
    const target = (map, key) => {
      if (key === "Home") return step(map, 0, 1);
      if (key === "End") return step(map, n - 1, -1);
      if (current < 0 || map.at[2 * current] === NOWHERE) return step(map, 0, 1);
      if (key === "PageDown") return step(map, current + 1, 1);
      if (key === "PageUp") return step(map, current - 1, -1);
      return beyond(map, DIRECTIONS[key]);
    };
    const tell = (i) => { says.textContent = [data.names[i], ...facts(i).map((text, k) => `${rows[k].previousSibling.textContent} ${text}`)].join(", "); };
    const stop = (map) => {
      const attributes = { tabindex: 0, role: "application", "aria-roledescription": "map of products", "aria-describedby": help.id };
      attributes["aria-label"] = map.figure.querySelector("strong").textContent;
      const large = map.figure.closest(".large");
      for (const [key, value] of Object.entries(attributes)) if (large) map.frame.setAttribute(key, value); else map.frame.removeAttribute(key);
    };
    for (const map of maps) {
      stop(map);
      map.frame.addEventListener("keydown", (event) => {
        if (event.altKey || event.ctrlKey || event.metaKey) return;
        if (event.key === "Enter" && current >= 0) {
          pinned = !pinned;
          card.classList.toggle("pinned", pinned);
        } else if (event.key in DIRECTIONS || ["Home", "End", "PageUp", "PageDown"].includes(event.key)) {
          event.preventDefault();
          const i = target(map, event.key);
          if (i >= 0) { show(map, i); tell(i); }
        }
      });
      map.frame.addEventListener("focus", () => {
        if (current >= 0 || !map.frame.matches(":focus-visible")) return;
        const i = step(map, 0, 1);
        if (i >= 0) { show(map, i); tell(i); }
      });
      map.frame.addEventListener("blur", () => { if (!pinned) hide(); });
      if (maps.length < 2) continue;
      const swap = make("button", "swap", map.figure.querySelector("figcaption"));
      swap.type = "button";
      swap.textContent = "Show large";
      swap.setAttribute("aria-label", `Show large: ${map.figure.querySelector("strong").textContent}`);
      swap.addEventListener("click", () => {
        const other = maps.find((m) => m.figure.parentNode.firstElementChild === m.figure && m.figure.closest(".large"));
        const mark = document.createComment("");
        hide();
        map.figure.replaceWith(mark);
        other.figure.replaceWith(map.figure);
        mark.replaceWith(other.figure);
        for (const m of [map, other]) { paint(m, m.shown); stop(m); }
        fade();
        map.frame.focus({ preventScroll: true });
        map.figure.scrollIntoView({ block: "start" });
      });
    }

    select.closest("p").hidden = false;
    select.addEventListener("change", () => choose(select.value));
    choose(select.value);
    addEventListener("resize", () => { if (current >= 0) hide(); });
  };
  document.querySelectorAll(".map").forEach(start);
})();
