// Draws the part of the run that is in view.
const canvas = document.getElementById('view');
const ink = canvas.getContext('2d');
const MARGIN = 74;
const AXIS = 22;
const MOST_ARROWS = 4000;
const view = { from: run.begin, to: run.end, now: run.end };
const shown = { lanes: [], types: run.types.map(() => true) };
let lanes = [];
let hits = [];
let faultRows = 0;

function x(time) {
  return MARGIN + ((time - view.from) / (view.to - view.from)) * (width() - MARGIN - 10);
}

function timeAt(px) {
  return view.from + ((px - MARGIN) / (width() - MARGIN - 10)) * (view.to - view.from);
}

function width() {
  return canvas.clientWidth;
}

function inView(from, to) {
  return to >= view.from && from <= view.to;
}

/** Where each lane lies: nodes share the height, clients are narrow. */
function layOut() {
  const faults = stackFaults();
  const top = AXIS + faults * 15 + 14;
  const nodes = run.nodes.map((_, i) => i).filter(i => shown.lanes[i]);
  const clients = names.map((_, i) => i).filter(i => i >= run.nodes.length && shown.lanes[i]);
  const left = canvas.clientHeight - top - clients.length * 20 - 8;
  const step = Math.max(34, left / Math.max(1, nodes.length));
  lanes = new Array(slots).fill(null);
  nodes.forEach((slot, i) => { lanes[slot] = { y: top + step * (i + 0.42), height: 16 }; });
  clients.forEach((slot, i) => {
    lanes[slot] = { y: top + step * nodes.length + 10 + i * 20, height: 8 };
  });
}

/** Faults that overlap lie below one another; only those in view take room. */
function stackFaults() {
  const ends = [];
  for (const fault of run.faults) {
    fault[3] = -1;
    if (inView(fault[0], fault[1])) {
      let row = ends.findIndex(end => end <= fault[0]);
      row = row < 0 ? ends.length : row;
      ends[row] = fault[1];
      fault[3] = row;
    }
  }
  faultRows = Math.min(8, ends.length);
  return faultRows;
}

function draw() {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = canvas.clientWidth * ratio;
  canvas.height = canvas.clientHeight * ratio;
  ink.setTransform(ratio, 0, 0, ratio, 0, 0);
  ink.font = '11px system-ui, "DejaVu Sans", sans-serif';
  ink.textBaseline = 'middle';
  hits = [];
  layOut();
  drawAxis();
  ink.save();
  ink.beginPath();
  ink.rect(MARGIN, 0, width() - MARGIN - 10, canvas.clientHeight);
  ink.clip();
  drawFaults();
  drawLanes();
  drawCalls();
  drawMessages();
  drawMarks();
  drawFailure();
  ink.restore();
  drawNames();
  drawInstant();
}

function drawAxis() {
  const span = view.to - view.from;
  const step = Math.pow(10, Math.floor(Math.log10(span / 4)));
  const tick = span / step > 20 ? step * 5 : span / step > 8 ? step * 2 : step;
  ink.fillStyle = colour('faint');
  ink.strokeStyle = colour('line');
  ink.lineWidth = 1;
  ink.globalAlpha = 0.6;
  for (let t = Math.ceil(view.from / tick) * tick; t <= view.to; t += tick) {
    line(x(t), AXIS - 4, x(t), canvas.clientHeight);
  }
  ink.globalAlpha = 1;
  for (let t = Math.ceil(view.from / tick) * tick; t <= view.to; t += tick) {
    const digits = Math.max(0, 6 - Math.floor(Math.log10(tick)));
    ink.fillText((t / 1e6).toFixed(digits) + ' s', x(t) + 3, 9);
  }
}

function line(x1, y1, x2, y2) {
  ink.beginPath();
  ink.moveTo(x1, y1);
  ink.lineTo(x2, y2);
  ink.stroke();
}

function drawFaults() {
  for (const fault of run.faults) {
    if (fault[3] < 0 || fault[3] >= 8) {
      continue;
    }
    const y = AXIS + fault[3] * 15;
    const left = Math.max(MARGIN, x(fault[0]));
    const right = Math.max(left + 3, Math.min(x(fault[1]), width() - 10));
    ink.globalAlpha = 0.25;
    ink.fillStyle = colour('bad');
    ink.fillRect(left, y, right - left, 13);
    ink.globalAlpha = 1;
    ink.fillStyle = colour('ink');
    clippedText(fault[2].replace(/\d+\.\d{4,}(E-?\d+)?/g, n => String(Number(Number(n).toPrecision(3)))), left + 3, y + 7, Math.max(280, right - left));
    hits.push([left, y, right, y + 13, fault[2] + '\nfrom ' + seconds(fault[0]) + ' to ' + seconds(fault[1])]);
  }
}

function clippedText(text, left, y, room) {
  ink.save();
  ink.beginPath();
  ink.rect(left, y - 7, room, 14);
  ink.clip();
  ink.fillText(text, left, y);
  ink.restore();
}

function drawLanes() {
  for (let slot = 0; slot < run.nodes.length; slot++) {
    const lane = lanes[slot];
    if (lane) {
      ink.strokeStyle = colour('line');
      ink.setLineDash([3, 3]);
      line(MARGIN, lane.y, width(), lane.y);
      ink.setLineDash([]);
      drawRoles(slot, lane);
      drawForces(slot, lane);
    }
  }
}

/** Stretches of one role in one term, cut where the process was not up. */
function drawRoles(slot, lane) {
  const cuts = run.lives[slot].map(row => row[0]).concat(run.roles[slot].map(row => row[0]));
  cuts.push(view.from, view.to);
  const times = Array.from(new Set(cuts)).filter(t => t >= view.from && t <= view.to).sort((a, b) => a - b);
  for (let i = 0; i + 1 < times.length; i++) {
    const state = stateAt(slot, times[i]);
    if (state.up) {
      drawRole(state, lane, x(times[i]), x(times[i + 1]));
    }
  }
}

function drawRole(state, lane, left, right) {
  const tone = hue(state.term) + ' 65% 50%';
  const top = lane.y - lane.height / 2;
  const leader = state.role === 'LEADER';
  ink.fillStyle = 'hsl(' + tone + (leader ? ')' : ' / 0.3)');
  ink.fillRect(left, top, Math.max(1, right - left), lane.height);
  if (state.role === 'CANDIDATE') {
    hatch(left, right, top, lane.height, 'hsl(' + tone + ')', 6);
  }
  if (isPaused(state.life)) {
    hatch(left, right, top, lane.height, colour('ink'), 0);
  }
  if (right - left > 46) {
    ink.fillStyle = leader ? '#fff' : colour('ink');
    const text = 'term ' + state.term + (leader ? ', leader' : '');
    clippedText(text, Math.max(left, MARGIN) + 20, lane.y, right - left - 22); // behind a mark
  }
}

function hatch(left, right, top, height, tone, slant) {
  ink.save();
  ink.beginPath();
  ink.rect(left, top, right - left, height);
  ink.clip();
  ink.strokeStyle = tone;
  ink.lineWidth = 1.5;
  for (let at = Math.max(left, MARGIN) - height; at < Math.min(right, width()); at += 6) {
    line(at, top + height, at + slant * 2, top);
  }
  ink.restore();
}

function drawForces(slot, lane) {
  const rows = run.forces[slot];
  for (let i = Math.max(0, lastAt(rows, view.from) - 20); i < rows.length && rows[i][0] <= view.to; i++) {
    const [from, to, failed] = rows[i];
    if (inView(from, to)) {
      const left = x(from);
      const right = Math.max(left + 1, x(to));
      ink.fillStyle = failed ? colour('bad') : colour('faint');
      ink.fillRect(left, lane.y + 10, right - left, 3);
      hits.push([left, lane.y + 8, right, lane.y + 15,
        (failed ? 'fsync fails' : 'fsync') + ' on ' + names[slot] + '\n' + seconds(from) + ', ' + ((to - from) / 1000).toFixed(3) + ' ms']);
    }
  }
}

function drawCalls() {
  for (const [from, to, client, text, outcome] of run.calls) {
    const lane = lanes[client];
    if (lane && inView(from, to)) {
      const left = Math.max(MARGIN, x(from));
      const right = Math.max(left + 2, x(to));
      ink.fillStyle = outcomeColour(outcome);
      ink.globalAlpha = 0.75;
      ink.fillRect(left, lane.y - 4, right - left, 8);
      ink.globalAlpha = 1;
      hits.push([left, lane.y - 5, right, lane.y + 5, text + '\n' + outcome + '\n' + seconds(from) + ' to ' + seconds(to)]);
    }
  }
}

function outcomeColour(outcome) {
  return /^committed/i.test(outcome) ? colour('good')
    : /^(not|refused)/i.test(outcome) ? colour('bad') : colour('doubt');
}

/** Arrows; where there are too many to be told apart, every k-th one. */
function drawMessages() {
  const some = [];
  for (let i = 0; i < run.messages.length; i++) {
    const [sent, from, to, type, end] = run.messages[i];
    if (shown.types[type] && lanes[from] && lanes[to] && inView(sent, end === null ? run.end : end)) {
      some.push(i);
    }
  }
  const step = Math.max(1, Math.ceil(some.length / MOST_ARROWS));
  document.getElementById('thinned').textContent =
    step > 1 ? 'of ' + some.length + ' messages every ' + step + 'th is drawn: zoom in' : '';
  const alpha = some.length / step > 800 ? 0.55 : 0.9;
  for (let i = 0; i < some.length; i += step) {
    const [, from, to] = run.messages[some[i]];
    const ofClient = from >= run.nodes.length || to >= run.nodes.length;
    ink.globalAlpha = ofClient ? alpha * 0.45 : alpha; // what the nodes say stands out
    drawMessage(run.messages[some[i]]);
  }
  ink.globalAlpha = 1;
}

function drawMessage(message) {
  const [sent, from, to, type, end, lost, text] = message;
  const down = lanes[to].y > lanes[from].y ? 1 : -1;
  const x1 = x(sent);
  const y1 = lanes[from].y + down * lanes[from].height / 2;
  let x2 = end === null ? x(sent) + 26 : x(end);
  let y2 = lanes[to].y - down * lanes[to].height / 2;
  ink.strokeStyle = ink.fillStyle = typeColour(type);
  ink.lineWidth = 1.1;
  if (lost) { // it ends on its way
    x2 = x1 + Math.max(6, (x2 - x1) * 0.6);
    y2 = y1 + (y2 - y1) * 0.6;
    ink.setLineDash([4, 3]);
  }
  if (end === null) { // still under way: only its beginning is known
    y2 = y1 + down * 22;
    ink.setLineDash([1, 3]);
  }
  line(x1, y1, x2, y2);
  ink.setLineDash([]);
  if (lost) {
    ink.strokeStyle = colour('bad');
    ink.lineWidth = 1.5;
    line(x2 - 3, y2 - 3, x2 + 3, y2 + 3);
    line(x2 - 3, y2 + 3, x2 + 3, y2 - 3);
  } else if (end !== null) {
    arrowHead(x1, y1, x2, y2);
  }
  const how = end === null ? '\non its way when the run ended' : lost ? '\nlost: ' + lost : '\n' + ((end - sent) / 1000).toFixed(3) + ' ms';
  hits.push([x1, y1, x2, y2, names[from] + ' to ' + names[to] + '\n' + text + '\nsent ' + seconds(sent) + how, true]);
}

function arrowHead(x1, y1, x2, y2) {
  const angle = Math.atan2(y2 - y1, x2 - x1);
  ink.beginPath();
  ink.moveTo(x2, y2);
  ink.lineTo(x2 - 7 * Math.cos(angle - 0.35), y2 - 7 * Math.sin(angle - 0.35));
  ink.lineTo(x2 - 7 * Math.cos(angle + 0.35), y2 - 7 * Math.sin(angle + 0.35));
  ink.fill();
}

/** Commits, starts and ends, on top of all else. */
function drawMarks() {
  for (let slot = 0; slot < run.nodes.length; slot++) {
    const lane = lanes[slot];
    if (!lane) {
      continue;
    }
    let last = -100;
    for (const [time, index] of run.commits[slot]) {
      if (inView(time, time) && x(time) - last > 5) {
        last = x(time);
        triangle(last, lane.y - 8);
        hits.push([last - 4, lane.y - 16, last + 4, lane.y - 6, names[slot] + ' commits ' + index + '\n' + seconds(time)]);
      }
    }
    for (const [time, what] of run.lives[slot]) {
      if (inView(time, time)) {
        ink.fillStyle = isUp(what) ? colour('good') : colour('bad');
        ink.font = 'bold 15px system-ui, "DejaVu Sans", sans-serif';
        ink.fillText(isPaused(what) ? '\u2016' : isUp(what) ? '\u21bb' : '\u2717', x(time) + (isUp(what) ? 3 : -7), lane.y);
        ink.font = '11px system-ui, "DejaVu Sans", sans-serif';
        hits.push([x(time) - 7, lane.y - 8, x(time) + 9, lane.y + 8, names[slot] + ': ' + what + '\n' + seconds(time)]);
      }
    }
  }
}

function triangle(at, y) {
  ink.fillStyle = colour('ink');
  ink.beginPath();
  ink.moveTo(at, y - 7);
  ink.lineTo(at - 3.5, y);
  ink.lineTo(at + 3.5, y);
  ink.fill();
}

function drawFailure() {
  if (run.failure) {
    ink.strokeStyle = ink.fillStyle = colour('bad');
    ink.lineWidth = 2;
    line(x(run.failure.at), AXIS, x(run.failure.at), canvas.clientHeight);
    const text = run.failure.check;
    const room = ink.measureText(text).width + 8;
    const left = x(run.failure.at) + room > width() - 12 ? x(run.failure.at) - room - 2 : x(run.failure.at) + 2;
    ink.fillRect(left, canvas.clientHeight - 18, room, 16);
    ink.fillStyle = colour('back');
    ink.fillText(text, left + 4, canvas.clientHeight - 10);
  }
}

function drawNames() {
  for (let slot = 0; slot < slots; slot++) {
    if (lanes[slot]) {
      ink.fillStyle = slot < run.nodes.length ? colour('ink') : colour('faint');
      ink.font = (slot < run.nodes.length ? 'bold 13px' : '11px') + ' system-ui, "DejaVu Sans", sans-serif';
      ink.fillText(names[slot], 10, lanes[slot].y);
    }
  }
  ink.font = '11px system-ui, "DejaVu Sans", sans-serif';
  if (faultRows > 0) {
    ink.fillStyle = colour('faint');
    ink.fillText('faults', 10, AXIS + 7);
  }
}

function drawInstant() {
  if (inView(view.now, view.now)) {
    ink.strokeStyle = colour('ink');
    ink.lineWidth = 1;
    line(x(view.now), AXIS - 8, x(view.now), canvas.clientHeight);
  }
}
