// Zoom, pan, filters, the slider and the table below it.
const byId = id => document.getElementById(id);
const slider = byId('instant');
let drawing = false;

function redraw() {
  if (!drawing) {
    drawing = true;
    requestAnimationFrame(() => {
      drawing = false;
      draw();
      showStates();
    });
  }
}

function show(from, to) {
  const least = 20;
  const room = Math.max(least, Math.min(to - from, (run.end - run.begin) * 1.04 + least));
  const margin = room * 0.02;
  view.from = Math.max(run.begin - margin, Math.min(from, run.end + margin - room));
  view.to = view.from + room;
  redraw();
}

function zoom(factor, around) {
  const at = around === undefined ? (view.from + view.to) / 2 : around;
  show(at - (at - view.from) * factor, at + (view.to - at) * factor);
}

function moveTo(time) {
  view.now = Math.max(run.begin, Math.min(run.end, time));
  slider.value = String(Math.round(((view.now - run.begin) / (run.end - run.begin)) * 1e6));
  redraw();
}

/** What led to the end: as much of it as can be told apart. */
function showFailure() {
  const at = run.failure ? run.failure.at : run.end;
  const between = run.messages.filter(m => Math.max(m[1], m[2]) < run.nodes.length && run.types[m[3]] !== 'Hello');
  const first = between.length > 0 ? between[Math.max(0, between.length - 24)][0] : run.begin;
  const room = Math.max(1000, at - first);
  show(at - room * 1.02, at + room * 0.06);
  moveTo(at);
}

function showStates() {
  byId('clock').textContent = 'at ' + seconds(view.now);
  const rows = run.nodes.map((name, slot) => {
    const s = stateAt(slot, view.now);
    const pill = '<i class="pill" style="background:hsl(' + hue(s.term) + ' 65% 50%)"></i>';
    return '<tr><td>' + name + '</td><td>' + s.life + '</td><td>' + s.role.toLowerCase() + '</td><td>'
      + pill + s.term + '</td><td>' + s.log + '</td><td>' + s.durable + '</td><td>' + s.commit
      + '</td><td>' + s.applied + '</td></tr>';
  });
  byId('states').innerHTML = rows.join('');
}

function checkBox(into, text, dot, checked, change) {
  const label = document.createElement('label');
  const box = document.createElement('input');
  box.type = 'checkbox';
  box.checked = checked;
  label.className = checked ? '' : 'off';
  box.addEventListener('change', () => {
    label.className = box.checked ? '' : 'off';
    change(box.checked);
    redraw();
  });
  label.append(box);
  if (dot !== null) {
    const mark = document.createElement('i');
    mark.className = 'dot';
    mark.dataset.type = String(dot);
    label.append(mark);
  }
  label.append(text);
  byId(into).append(label);
}

function colourDots() {
  for (const dot of document.querySelectorAll('.dot')) {
    dot.style.background = typeColour(Number(dot.dataset.type));
  }
}

function setScheme(dark) {
  document.documentElement.classList.toggle('dark', dark);
  colourDots();
  redraw();
}

/** The nearest thing under the pointer: a box, or a line within five pixels. */
function hitAt(px, py) {
  for (let i = hits.length - 1; i >= 0; i--) {
    const [x1, y1, x2, y2, text, isLine] = hits[i];
    if (isLine ? distance(px, py, x1, y1, x2, y2) < 5 : px >= x1 - 1 && px <= x2 + 1 && py >= y1 && py <= y2) {
      return text;
    }
  }
  return null;
}

function distance(px, py, x1, y1, x2, y2) {
  const length = (x2 - x1) * (x2 - x1) + (y2 - y1) * (y2 - y1);
  const along = length ? Math.max(0, Math.min(1, ((px - x1) * (x2 - x1) + (py - y1) * (y2 - y1)) / length)) : 0;
  return Math.hypot(px - x1 - along * (x2 - x1), py - y1 - along * (y2 - y1));
}

function showTip(event) {
  const text = hitAt(event.offsetX, event.offsetY);
  const tip = byId('tip');
  tip.hidden = text === null;
  if (text !== null) {
    tip.textContent = text;
    tip.style.left = Math.min(event.offsetX + 14, width() - tip.offsetWidth - 8) + 'px';
    tip.style.top = Math.min(event.offsetY + 14, canvas.clientHeight - tip.offsetHeight - 8) + 'px';
  }
}

/** The next or the one before of all instants at which a shown node changed. */
function stepInstant(forwards) {
  let best = null;
  const consider = time => {
    const ahead = forwards ? time > view.now : time < view.now;
    if (ahead && (best === null || (forwards ? time < best : time > best))) {
      best = time;
    }
  };
  for (let slot = 0; slot < run.nodes.length; slot++) {
    if (lanes[slot]) {
      for (const rows of [run.roles[slot], run.logs[slot], run.commits[slot], run.lives[slot]]) {
        const at = lastAt(rows, view.now);
        for (let i = Math.max(0, at - 1); i <= at + 1 && i < rows.length; i++) {
          consider(rows[i][0]);
        }
      }
    }
  }
  if (best !== null) {
    moveTo(best);
    if (!inView(best, best)) {
      show(best - (view.to - view.from) / 2, best + (view.to - view.from) / 2);
    }
  }
}

function onKey(event) {
  const keys = {
    '+': () => zoom(0.6), '=': () => zoom(0.6), '-': () => zoom(1.6), '0': () => show(run.begin, run.end),
    f: showFailure, ArrowRight: () => stepInstant(true), ArrowLeft: () => stepInstant(false)
  };
  if (event.target !== slider && keys[event.key]) {
    keys[event.key]();
    event.preventDefault();
  }
}

function listen() {
  let drag = null;
  canvas.addEventListener('pointerdown', event => {
    drag = { px: event.offsetX, from: view.from, to: view.to, moved: false };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', event => {
    if (!drag) {
      showTip(event);
    } else if (Math.abs(event.offsetX - drag.px) > 3 || drag.moved) {
      drag.moved = true;
      const shift = ((event.offsetX - drag.px) / (width() - MARGIN - 10)) * (drag.to - drag.from);
      show(drag.from - shift, drag.to - shift);
    }
  });
  canvas.addEventListener('pointerup', event => {
    if (drag && !drag.moved) {
      moveTo(timeAt(event.offsetX));
    }
    drag = null;
  });
  canvas.addEventListener('pointerleave', () => { byId('tip').hidden = true; });
  canvas.addEventListener('wheel', event => {
    event.preventDefault();
    zoom(event.deltaY < 0 ? 0.8 : 1.25, timeAt(event.offsetX));
  }, { passive: false });
  slider.addEventListener('input', () => {
    view.now = run.begin + (Number(slider.value) / 1e6) * (run.end - run.begin);
    redraw();
  });
  byId('zoomIn').addEventListener('click', () => zoom(0.5));
  byId('zoomOut').addEventListener('click', () => zoom(2));
  byId('all').addEventListener('click', () => show(run.begin, run.end));
  byId('toFailure').addEventListener('click', showFailure);
  byId('scheme').addEventListener('click', () => setScheme(!document.documentElement.classList.contains('dark')));
  document.addEventListener('keydown', onKey);
  window.addEventListener('resize', redraw);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', event => setScheme(event.matches));
}

function begin() {
  for (let slot = 0; slot < slots; slot++) {
    shown.lanes[slot] = true;
    checkBox('lanes', names[slot], null, true, on => { shown.lanes[slot] = on; });
  }
  run.types.forEach((type, i) => {
    shown.types[i] = true;
    checkBox('types', type, i, shown.types[i], on => { shown.types[i] = on; });
  });
  if (run.failure) {
    byId('failure').hidden = false;
    byId('failure').textContent = run.failure.text;
  }
  byId('toFailure').hidden = !run.failure;
  listen();
  const wanted = location.hash.slice(1); // #dark and #light overrule the browser
  setScheme(wanted === 'dark' || (wanted !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches));
  showFailure();
}

begin();
