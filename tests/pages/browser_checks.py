"""Checks pages in a browser: axe with every rule on, and what axe does not measure."""

import mimetypes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urlsplit

from django.contrib.staticfiles import finders

from tests.fixtures.browser import load_axe, violations

WIDE, NARROW, ZOOMED = 1280, 390, 320  # 320 is 1280 at 400 %
TARGET = 44
# What colours alone can affect. The dark scheme changes nothing else: test_dark_scheme_changes_colours_only.
# Whatever fails color-contrast (4.5:1) fails color-contrast-enhanced (7:1) too.
RULES_OF_COLOUR = ["color-contrast-enhanced", "link-in-text-block"]

SMALL_TARGETS = """least => {
  const boxes = element => {
    const own = [element, ...(element.labels || [])].flatMap(one => [...one.getClientRects()]);
    const over = getComputedStyle(element, '::after');
    if (over.position === 'absolute' && over.content !== 'none' && over.inset === '0px')
      for (let up = element; up = up.parentElement;)
        if (getComputedStyle(up).position !== 'static') { own.push(up.getBoundingClientRect()); break; }
    return own;
  };
  const stands_in_sentence = element => {
    if (getComputedStyle(element).display !== 'inline') return false;
    const block = element.closest('p, li, dd, td, th, label, legend, figcaption, div, address, main, body');
    const words = text => text.replace(/[\\s·|,.:;–→←]+/g, '').length;
    const others = [...block.querySelectorAll('a, button')].reduce((sum, one) => sum + words(one.textContent), 0);
    return words(block.innerText) > others + 3;
  };
  const is_small = element => {
    const all = boxes(element);
    const size = side => all.length ? Math.max(...all.map(box => box[side])) : 0;
    return size('width') < least - 0.5 || size('height') < least - 0.5;
  };
  const wanted = ['a[href]', 'button', 'input:not([type=hidden])', 'select', 'textarea', 'summary', '[tabindex="0"]']
    .map(one => one + ':not([tabindex="-1"])').join();  // what the keyboard leaves out stands there once more
  return [...document.querySelectorAll(wanted)]
    .filter(one => one.checkVisibility({opacityProperty: false, visibilityProperty: true}) && !one.disabled)
    .filter(one => is_small(one) && !stands_in_sentence(one))
    .map(one => { const box = one.getBoundingClientRect();
      const says = one.outerHTML.replace(/\\s+/g, ' ').slice(0, 160);
      return `${Math.round(box.width)} x ${Math.round(box.height)}: ${says}`; });
}"""
WIDER_THAN_SCREEN = """width => document.scrollingElement.scrollWidth <= width + 1 ? null :
  [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > width + 1)
    .filter(one => { for (let up = one.parentElement; up; up = up.parentElement)
      if (/auto|scroll|hidden|clip/.test(getComputedStyle(up).overflowX)) return false; return true; })
    .slice(-2).map(one => one.outerHTML.slice(0, 160)).join(' / ')"""


class Site(ThreadingHTTPServer):
    """Serves the page in `shown`, whatever its address, and the site's own files, which a browser may cache."""

    daemon_threads = True

    def __init__(self, words):
        """`words` is what a page loads besides files: the translations of the admin's scripts."""
        super().__init__(("127.0.0.1", 0), Answer)
        self.words, self.shown = words, None
        self.url = f"http://127.0.0.1:{self.server_port}"
        Thread(target=self.serve_forever, daemon=True).start()


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body are sent together

    def do_GET(self):
        path = unquote(urlsplit(self.path).path)
        if self.headers["Sec-Fetch-Mode"] == "navigate":
            self.give(self.server.shown.html.encode(), self.server.shown.headers)
        elif path.startswith("/static/") and (file := finders.find(path.removeprefix("/static/"))):
            kind = mimetypes.guess_type(file)[0] or "application/octet-stream"
            self.give(Path(file).read_bytes(), {"Content-Type": kind, "Cache-Control": "max-age=3600"})
        elif path.endswith("/jsi18n/"):
            self.give(self.server.words, {"Content-Type": "text/javascript"})
        else:
            self.send_response(204)
            self.end_headers()

    def give(self, body, headers):
        self.send_response(200)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_):
        pass


class Eyes:
    """One browser window that shows pages which were requested before, with the site's own files."""

    def __init__(self, browser, words):
        self.site = Site(words)
        self.context = browser.new_context(reduced_motion="reduce", viewport={"width": WIDE, "height": 900})
        self.page = self.context.new_page()
        self.debugger = self.context.new_cdp_session(self.page)

    def look_at(self, page):
        """What is wrong with it, one line per problem."""
        self.site.shown = page
        self.turn(WIDE, "light")
        self.page.goto(self.site.url + page.address, wait_until="load")
        load_axe(self.debugger)
        found = [*self.of_document(page)]
        found += self.at(WIDE)
        # On a phone everything that can be unfolded is checked too.
        self.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        found += self.at(NARROW)
        self.turn(ZOOMED, "light")
        if wider := self.page.evaluate(WIDER_THAN_SCREEN, ZOOMED):
            found.append(f"{ZOOMED}: wider than the screen: {wider}")
        return [f"{page}: {line}" for line in dict.fromkeys(found)]

    def of_document(self, page):
        if page.structure.heading_count != 1:
            yield f"{page.structure.heading_count} headings of the first level"
        if not page.structure.title.strip():
            yield "no title"

    def at(self, width):
        self.turn(width, "light")
        yield from (f"{width} light: {line}" for line in violations(self.page))
        yield from (f"{width}: target {line}" for line in self.page.evaluate(SMALL_TARGETS, TARGET))
        self.turn(width, "dark")
        yield from (f"{width} dark: {line}" for line in violations(self.page, only=RULES_OF_COLOUR))

    def turn(self, width, scheme):
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.emulate_media(color_scheme=scheme)

    def close(self):
        self.context.close()
        self.site.shutdown()
        self.site.server_close()
