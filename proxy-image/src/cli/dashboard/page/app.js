// The dashboard's page. Texts come from hostile clients: they are set as text, never as HTML.

const POLL_MS = 2_000;
const SVG = "http://www.w3.org/2000/svg";
const byId = (id) => document.getElementById(id);

/** Makes an element; children are elements or texts. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

const perSecond = (value) =>
  value === 0 ? "0" : value < 0.01 ? "<0.01" : value < 10 ? value.toFixed(2) : value.toFixed(0);
const duration = (ms) =>
  ms === undefined
    ? "–"
    : ms < 10
      ? `${ms.toFixed(1)} ms`
      : ms < 1_000
        ? `${ms.toFixed(0)} ms`
        : `${(ms / 1_000).toFixed(2)} s`;
const percent = (share) => (share === undefined ? "–" : `${(Math.floor(share * 1_000) / 10).toFixed(1)} %`);
const toneOf = (share) =>
  share === undefined ? "" : share >= 0.99 ? "good" : share >= 0.95 ? "warning" : "bad";

/** A path through values; undefined ones are gaps. */
function pathOf(values, width, height, top) {
  let begun = false;
  const step = width / Math.max(1, values.length - 1);
  return values
    .map((value, at) => {
      if (value === null || value === undefined) {
        begun = false;
        return "";
      }
      const command = begun ? "L" : "M";
      begun = true;
      return `${command}${(at * step).toFixed(1)} ${(height - 2 - (value / top) * (height - 4)).toFixed(1)}`;
    })
    .join("");
}

function drawing(width, height, label) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  return svg;
}

function addPath(svg, d, name) {
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", d);
  if (name) path.setAttribute("class", name);
  svg.append(path);
  return path;
}

const COLUMNS = [
  { key: "name", heading: "Third party" },
  {
    key: "requestsPerSecond",
    heading: "Req/s",
    number: true,
    text: (row) => perSecond(row.requestsPerSecond),
  },
  {
    key: "success",
    heading: "Success",
    number: true,
    text: (row) => percent(row.success),
    tone: (row) => toneOf(row.success),
  },
  { key: "p50", heading: "p50", number: true, wide: true, text: (row) => duration(row.p50) },
  { key: "p99", heading: "p99", number: true, text: (row) => duration(row.p99) },
  {
    key: "deniedPerSecond",
    heading: "Denied/s",
    number: true,
    wide: true,
    text: (row) => perSecond(row.deniedPerSecond),
    tone: (row) => (row.deniedPerSecond > 0 ? "warning" : ""),
  },
  {
    key: "inFlight",
    heading: "In flight",
    number: true,
    wide: true,
    text: (row) => String(row.inFlight ?? "–"),
  },
  {
    key: "breaker",
    heading: "Breaker",
    wide: true,
    text: (row) => row.breaker ?? "–",
    tone: (row) => (row.breaker === "open" ? "bad" : row.breaker === "half-open" ? "warning" : ""),
  },
  { key: "spark", heading: "Last minutes", wide: true },
];

let sortKey = "requestsPerSecond";
let isDescending = true;
let state;
let certificatesOf;
let shownCertificates = {};
const rows = new Map();

function makeHead() {
  const cells = COLUMNS.map((column) => {
    const cell = make("th", { scope: "col", class: classOf(column) });
    if (column.key === "spark") {
      cell.append(column.heading);
      return cell;
    }
    const button = make("button", { type: "button" }, column.heading);
    button.addEventListener("click", () => {
      isDescending = sortKey === column.key ? !isDescending : column.key !== "name";
      sortKey = column.key;
      renderTable();
    });
    cell.append(button);
    column.cell = cell;
    return cell;
  });
  byId("upstreams")
    .querySelector("thead")
    .append(make("tr", {}, ...cells));
}

const classOf = ({ number, wide, key }) =>
  [number && "number", wide && "wide", key === "name" && "name"].filter(Boolean).join(" ");

/** A row is made once and then updated: focus and selection stay. */
function rowFor(name) {
  let row = rows.get(name);
  if (row) return row;
  const cells = COLUMNS.map((column) => make("td", { class: classOf(column) }));
  cells[0].append(make("a", { href: `#/upstream/${encodeURIComponent(name)}` }, name));
  const svg = drawing(120, 24, `requests per second to ${name}`);
  svg.setAttribute("width", "120");
  svg.setAttribute("height", "24");
  const path = addPath(svg, "");
  cells.at(-1).append(svg);
  row = { element: make("tr", {}, ...cells), cells, path };
  rows.set(name, row);
  return row;
}

function compare(one, other) {
  const [a, b] = [one[sortKey], other[sortKey]];
  const order = a === b ? 0 : a === undefined ? -1 : b === undefined ? 1 : a < b ? -1 : 1;
  return (isDescending ? -order : order) || (one.name < other.name ? -1 : 1);
}

function renderTable() {
  const wanted = byId("filter").value.toLowerCase();
  const shown = state.upstreams.filter(({ name }) => name.toLowerCase().includes(wanted)).sort(compare);
  for (const { cell, key } of COLUMNS) {
    if (!cell) continue;
    if (key === sortKey) cell.setAttribute("aria-sort", isDescending ? "descending" : "ascending");
    else cell.removeAttribute("aria-sort");
  }
  const elements = shown.map((upstream) => {
    const { element, cells, path } = rowFor(upstream.name);
    COLUMNS.forEach((column, at) => {
      if (!column.text) return;
      const text = column.text(upstream);
      if (cells[at].textContent !== text) cells[at].textContent = text;
      if (column.tone) cells[at].className = `${classOf(column)} ${column.tone(upstream)}`;
    });
    path.setAttribute("d", pathOf(upstream.spark, 120, 24, Math.max(1, ...upstream.spark)));
    return element;
  });
  const body = byId("upstreams").querySelector("tbody");
  const isSame =
    elements.length === body.children.length && elements.every((one, at) => body.children[at] === one);
  if (!isSame) {
    const focused = document.activeElement;
    body.replaceChildren(...elements);
    if (body.contains(focused)) focused.focus();
  }
}

function renderDenials() {
  const items = state.denials.map(({ time, client, method, host, path, failure, rule, isAllowed }) =>
    make(
      "li",
      {},
      make("span", { class: "faint" }, `${time.slice(11, 19)} `),
      `${client ?? "unknown client"}: `,
      make("code", {}, `${method ?? ""} ${host ?? ""}${path ?? ""}`),
      " ",
      make("span", { class: "warning" }, failure),
      make("br"),
      isAllowed
        ? make("span", { class: "good" }, "the policy of now allows it")
        : rule === undefined
          ? make("span", { class: "faint" }, "no rule would admit it")
          : make("code", {}, rule),
    ),
  );
  byId("denials").replaceChildren(
    ...(items.length > 0 ? items : [make("li", { class: "faint" }, "none since the dashboard was started")]),
  );
}

const MARKS = { ok: ["✓", "good"], warning: ["!", "warning"], error: ["✗", "error"] };

function renderHealth() {
  byId("health").replaceChildren(
    ...state.health.map(({ level, subject, text, remedy }) =>
      make(
        "li",
        {},
        make("span", { class: MARKS[level][1] }, MARKS[level][0]),
        ` ${subject}: ${text}`,
        ...(remedy === undefined ? [] : [make("br"), make("span", { class: "faint" }, `→ ${remedy}`)]),
      ),
    ),
  );
}

function facts(pairs) {
  return make("dl", {}, ...pairs.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));
}

function list(headings, lines) {
  if (lines.length === 0) return make("p", { class: "faint" }, "none in the last minutes");
  const cells = (tag, texts) =>
    texts.map((text, at) => make(tag, at === 0 ? { class: "name" } : { class: "number" }, text));
  return make(
    "table",
    {},
    make("thead", {}, make("tr", {}, ...cells("th", headings))),
    make("tbody", {}, ...lines.map((texts) => make("tr", {}, ...cells("td", texts)))),
  );
}

function chart(label, first, second) {
  const svg = drawing(400, 100, label);
  svg.setAttribute("class", "chart");
  const top = Math.max(1, ...[...first, ...(second ?? [])].filter((value) => value !== null));
  addPath(svg, pathOf(first, 400, 100, top));
  if (second) addPath(svg, pathOf(second, 400, 100, top), "second");
  return make("div", {}, make("h2", {}, `${label}; top: ${top < 10 ? top.toFixed(1) : top.toFixed(0)}`), svg);
}

/** A certificate's names are the third party's; the first one is its own, the others are those of its authorities. */
function certificateItem({ subject, issuer, from, until }) {
  const day = (time) => (time === undefined ? "unknown" : time.slice(0, 10));
  const isValid = from !== undefined && until !== undefined && from <= state.at && state.at <= until;
  return make(
    "li",
    {},
    make("code", {}, subject === "" ? "(no subject)" : subject),
    make("br"),
    "issued by ",
    make("code", {}, issuer === "" ? "(no issuer)" : issuer),
    make("br"),
    make("span", { class: isValid ? "" : "bad" }, `valid ${day(from)} to ${day(until)}`),
  );
}

function certificateSection({ chain, note }) {
  if (!chain) return [make("p", { class: "faint" }, note)];
  return [
    make(
      "p",
      { class: "faint" },
      `as ${chain.host} sent them, seen ${chain.seen.slice(0, 19).replace("T", " ")} UTC`,
    ),
    make("ol", { class: "cards" }, ...chain.certificates.map(certificateItem)),
  ];
}

function renderDetail(detail, certificates) {
  const { name, settings, rules, clients, statuses, certificateExpires, row } = detail;
  const expires =
    certificateExpires === undefined
      ? "not seen yet"
      : new Date(certificateExpires * 1_000).toISOString().slice(0, 10);
  byId("detail").replaceChildren(
    make("p", {}, make("a", { href: "#/" }, "← all third parties")),
    make("h2", { id: "detail-title" }, name),
    facts([
      ["requests", `${perSecond(row?.requestsPerSecond ?? 0)} per second, success ${percent(row?.success)}`],
      ["circuit breaker", row?.breaker ?? "none, or never called"],
      ["certificate", `expires: ${expires}`],
      ...settings,
    ]),
    make(
      "div",
      { class: "panels" },
      chart("Requests per second", detail.rates),
      chart("Latency in ms: p50, and p99 dashed", detail.p50, detail.p99),
      make(
        "div",
        {},
        make("h2", {}, "Clients"),
        list(
          ["client", "req/s", "success", "denied/s"],
          clients.map((one) => [
            one.client,
            perSecond(one.requestsPerSecond),
            percent(one.success),
            perSecond(one.deniedPerSecond),
          ]),
        ),
      ),
      make(
        "div",
        {},
        make("h2", {}, "Statuses"),
        list(
          ["status", "requests"],
          statuses.map(({ status, requests }) => [status, String(requests)]),
        ),
      ),
    ),
    make("h2", {}, "Rules"),
    make(
      "ul",
      { class: "cards" },
      ...(rules.length > 0 ? rules : ["no `allow`: every client may call everything"]).map((rule) =>
        make("li", {}, make("code", {}, rule)),
      ),
    ),
    make("h2", {}, "Certificates"),
    ...certificateSection(certificates),
  );
}

const shownUpstream = () => {
  const found = /^#\/upstream\/(.+)$/.exec(location.hash);
  try {
    return found ? decodeURIComponent(found[1]) : undefined;
  } catch {
    return undefined;
  }
};

async function get(path) {
  const response = await fetch(path, { cache: "no-store" });
  if (!response.ok) throw new Error(`${response.status}`);
  return response.json();
}

async function refresh() {
  const upstream = shownUpstream();
  try {
    if (upstream !== undefined) {
      const query = `?name=${encodeURIComponent(upstream)}`;
      const detail = await get(`upstream${query}`);
      // The pods are asked once a minute; until they answer, the rest is shown.
      if (certificatesOf !== upstream) shownCertificates = { note: "asking the pods" };
      certificatesOf = upstream;
      void get(`certificates${query}`).then(
        (found) => certificatesOf === upstream && (shownCertificates = found),
        ({ message }) => {
          if (certificatesOf !== upstream) return;
          const isMissing = message === "404";
          shownCertificates = {
            note: isMissing ? "none: the policy has no such entry" : `unknown: ${message}`,
          };
        },
      );
      state ??= await get("state");
      if (shownUpstream() === upstream) renderDetail(detail, shownCertificates);
    }
    state = await get("state");
    byId("summary").textContent =
      `${state.proxy}, ${state.pods} pods, ${state.at.slice(11, 19)} UTC${state.note ? `: ${state.note}` : ""}`;
    byId("summary").className = state.note ? "warning" : "";
    if (upstream === undefined) {
      renderTable();
      renderDenials();
      renderHealth();
    }
  } catch (error) {
    byId("summary").textContent = `no answer from the tool (${error.message}): does it still run?`;
    byId("summary").className = "bad";
  }
}

function navigate() {
  const isDetail = shownUpstream() !== undefined;
  byId("overview").hidden = isDetail;
  byId("detail").hidden = !isDetail;
  byId("detail").replaceChildren();
  document.title = isDetail ? `${shownUpstream()} – k8s-egress` : "k8s-egress";
  window.scrollTo(0, 0);
  if (isDetail) byId("main").focus();
  void refresh();
}

makeHead();
byId("filter").addEventListener("input", renderTable);
addEventListener("hashchange", navigate);
addEventListener("keydown", (event) => {
  const isTyping = event.target instanceof HTMLInputElement;
  if (event.key === "/" && !isTyping && shownUpstream() === undefined) {
    event.preventDefault();
    byId("filter").focus();
  }
  if (event.key === "Escape" && shownUpstream() !== undefined) location.hash = "#/";
});
navigate();
setInterval(refresh, POLL_MS);
