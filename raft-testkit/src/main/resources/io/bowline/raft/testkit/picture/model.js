'use strict';
// What was recorded, and questions to it. Times are microseconds since the run began.
const run = JSON.parse(document.getElementById('data').textContent);
const slots = run.nodes.length + run.clients;
const names = run.nodes.concat(Array.from({ length: run.clients }, (_, i) => 'client ' + (i + 1)));

/** The position of the last row at or before that time; -1 if there is none. */
function lastAt(rows, time) {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows[middle][0] <= time) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low - 1;
}

function rowAt(rows, time) {
  const at = lastAt(rows, time);
  return at < 0 ? null : rows[at];
}

/** What a node was at that instant. A new process knows nothing but what its disk had. */
function stateAt(slot, time) {
  const life = rowAt(run.lives[slot], time);
  const what = life ? life[1] : 'not started';
  const up = isUp(what);
  const since = up ? startBefore(slot, time) : 0;
  const role = rowAt(run.roles[slot], time);
  const log = rowAt(run.logs[slot], time);
  const commit = rowAt(run.commits[slot], time);
  const applied = rowAt(run.applied[slot], time);
  const own = row => row && (!up || row[0] >= since);
  return {
    life: what,
    up: up,
    role: up && own(role) ? role[1] : '',
    term: role ? role[2] : 0,
    log: log ? log[1] + '@' + log[2] : '0@0',
    durable: log ? log[3] : 0,
    commit: own(commit) ? commit[1] : 0,
    applied: own(applied) ? applied[1] : 0
  };
}

function isUp(what) {
  return !/crash|cut|halt|stop|died|close|end|down|not started/i.test(what);
}

function isPaused(what) {
  return /^pause/i.test(what);
}

function startBefore(slot, time) {
  const rows = run.lives[slot];
  for (let i = lastAt(rows, time); i >= 0; i--) {
    if (/start/i.test(rows[i][1])) {
      return rows[i][0];
    }
  }
  return 0;
}

function seconds(time) {
  return (time / 1e6).toFixed(6) + ' s';
}

/** A term's hue: neighbours are far apart. */
function hue(term) {
  return (210 + (term - 1) * 137.508) % 360;
}

const typeHues = {
  AppendEntries: 235, AppendReply: 130, Heartbeat: 5, HeartbeatReply: 190, RequestVote: 325,
  VoteReply: 170, PreVote: 280, PreVoteReply: 48, ClientRequest: 25, ClientReply: 95
};
function typeColour(type) {
  const dark = document.documentElement.classList.contains('dark');
  const name = run.types[type];
  const grey = name === 'Hello';
  const hueOf = name in typeHues ? typeHues[name] : 60 + 67 * type;
  return 'hsl(' + hueOf + (grey ? ' 5% ' : ' 70% ') + (dark ? 65 : 42) + '%)';
}

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
}
