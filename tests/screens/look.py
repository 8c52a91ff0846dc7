"""Opens pages in headless Chromium, each in a frame as wide as a phone and as wide as a desk, and measures what a reader sees.

A frame that is measured first has every fault that is looked for; when one of them is not found, the looking itself is at fault.
"""

import html
import json
import pathlib
import subprocess
import sys

WIDTHS = [390, 1280]
# What a reader can still read on a phone, in pixels.
LETTER_MIN = 12

BROKEN = """<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"></head><body>
<p style="width:1600px">a line that runs out of the screen</p>
<p style="font-size:6px">letters that nobody can read</p>
<p style="width:60px;overflow:hidden;white-space:nowrap">a text that is cut off in the middle</p>
<svg width="0" height="0"><rect width="5" height="5"/></svg>
<img src="https://example.com/picture.png" alt="">
</body></html>"""
FAULTS = {"sideways", "small", "cut", "empty drawing", "fetched"}

MEASURE = """
function look(frame, width) {
  const page = frame.contentDocument, faults = [];
  const say = (fault, element) => faults.push([fault, (element.textContent || element.outerHTML).trim().slice(0, 60)]);
  // What a reader folds out is read as well.
  page.querySelectorAll('details').forEach(part => { part.open = true; });
  const root = page.scrollingElement;
  if (root.scrollWidth > width) say('sideways', root.querySelector('body') || root);
  const scrolls = (element) => {
    for (let e = element; e && e !== page.body; e = e.parentElement)
      if (['auto', 'scroll'].includes(getComputedStyle(e).overflowX)) return true;
    return false;
  };
  for (const element of page.body.querySelectorAll('*')) {
    const style = getComputedStyle(element), box = element.getBoundingClientRect();
    if (style.display === 'none' || style.visibility === 'hidden') continue;
    const drawn = element.closest('svg');
    const hasText = [...element.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (element.tagName === 'svg' && (box.width < 8 || box.height < 2)) say('empty drawing', element);
    if (!hasText || box.width === 0) continue;
    // Letters of a drawing grow and shrink with it.
    const grown = drawn && drawn.viewBox.baseVal && drawn.viewBox.baseVal.width
      ? drawn.getBoundingClientRect().width / drawn.viewBox.baseVal.width : 1;
    if (parseFloat(style.fontSize) * grown < LETTER_MIN) say('small', element);
    if (drawn) continue;
    const isCut = element.scrollWidth > element.clientWidth + 1 && style.overflowX !== 'visible'
      && !['auto', 'scroll'].includes(style.overflowX);
    if (isCut) say('cut', element);
    if (box.right > width + 1 && !scrolls(element)) say('sideways', element);
  }
  for (const element of page.querySelectorAll('[src], link[href]')) {
    const address = element.src || element.href;
    if (!address.startsWith('data:') && !address.startsWith('about:')) say('fetched', element);
  }
  return faults;
}
window.onload = () => {
  const found = [...document.querySelectorAll('iframe')].map(frame =>
    ({ page: frame.dataset.page, width: +frame.dataset.width, height: frame.contentDocument.scrollingElement.scrollHeight,
       faults: look(frame, +frame.dataset.width) }));
  document.body.innerHTML = '';
  const said = document.createElement('pre');
  said.id = 'found';
  said.textContent = JSON.stringify(found);
  document.body.append(said);
};
"""


def frame(name, width, page):
    srcdoc = html.escape(page, quote=True)
    return (
        f'<iframe data-page="{name}" data-width="{width}" width="{width}" height="900" style="border:0" '
        f'srcdoc="{srcdoc}"></iframe>'
    )


def measured(pages, profile):
    frames = [frame(name, width, page) for name, page in pages for width in WIDTHS]
    script = MEASURE.replace("LETTER_MIN", str(LETTER_MIN))
    sheet = profile.parent / "sheet.html"
    sheet.write_text(
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><script>{script}</script></head><body>{"".join(frames)}</body></html>',
        encoding="utf-8",
    )
    command = [
        "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
        f"--user-data-dir={profile}", "--window-size=1400,1000", "--dump-dom", sheet.as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180)
    _, mark, rest = done.stdout.partition('<pre id="found">')
    if not mark:
        sys.exit(f"the browser measured nothing (exit code {done.returncode}):\n{done.stderr[-2000:]}")
    return json.loads(html.unescape(rest.partition("</pre>")[0]))


def main():
    folder, profile = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    pages = [(path.name, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.html"))]
    if len(pages) < 4:
        sys.exit(f"only {len(pages)} pages lie in {folder}")
    found = measured([("(broken on purpose)", BROKEN), *pages], profile)
    for one in (one for one in found if one["page"].startswith("(")):
        unseen = FAULTS - {fault for fault, _ in one["faults"]}
        if unseen:
            sys.exit(f"a page broken on purpose was looked at, and not seen: {', '.join(sorted(unseen))}")
    looked_at = [one for one in found if not one["page"].startswith("(")]
    for one in looked_at:
        print(f'{one["page"]:<20} {one["width"]:>5} px wide {one["height"]:>6} px long  {len(one["faults"])} faults')
        for fault, text in one["faults"][:8]:
            print(f"    {fault}: {text}")
    faults = sum(len(one["faults"]) for one in looked_at)
    print(f"{len(pages)} pages at {len(WIDTHS)} widths: {faults} faults")
    sys.exit(1 if faults else 0)


main()
