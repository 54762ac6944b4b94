"""A person without a mouse: Tab, Enter, Space, arrows and letters; the focus is visible at every stop."""

SKIP = "Skip to the content"
MAX_STOPS = 200
# The focused element, by its field name and its words; whether an outline (of it, its label or their container) or, in
# the body picture, a thick line shows it, on the screen and not hidden by something that stays in place.
FOCUS = """() => {
  const it = document.activeElement;
  if (!it || it === document.body) return {name: '', words: '', seen: true};
  const holders = [it, ...(it.labels || []), it.closest('label, .pill, .card-link')].filter(Boolean);
  const outlined = one => { const style = getComputedStyle(one);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2; };
  const lines = [...it.querySelectorAll('path, rect, circle, polygon')].map(one => getComputedStyle(one).strokeWidth);
  const on_screen = holders.some(one => { const box = one.getBoundingClientRect();
    const [x, y] = [box.x + Math.min(box.width, innerWidth) / 2, box.y + box.height / 2];
    const top = document.elementFromPoint(x, y);
    return box.width > 0 && top && (one.contains(top) || top.contains(one)); });
  const words = [it.getAttribute('aria-label'), ...[...(it.labels || [])].map(one => one.innerText),
    it.innerText, it.querySelector('title')?.textContent];
  return {name: it.name || '', words: words.filter(Boolean).join(' ').replace(/\\s+/g, ' '),
    seen: (holders.some(outlined) || (it.closest('svg') && lines.some(one => parseFloat(one) >= 3))) && on_screen,
    html: it.outerHTML.slice(0, 160)};
}"""
IN_CONTENT = "document.activeElement.closest('main') !== null && document.activeElement.tagName !== 'MAIN'"
OWN_ORDER = 'document.querySelectorAll(\'[tabindex]:not([tabindex="0"]):not([tabindex="-1"])\').length'


class Keyboard:
    def __init__(self, page):
        self.page = page

    def stop(self):
        """Presses Tab once; returns what has the focus then."""
        self.page.keyboard.press("Tab")
        focus = self.focus()
        assert focus["seen"], f"nobody sees that this has the focus: {focus['html']}"
        return focus

    def focus(self):
        return self.page.evaluate(FOCUS)

    def tab_to(self, words, *, most=MAX_STOPS):
        self._until(lambda focus: words in focus["words"], words, most)

    def go_to(self, name, *, most=MAX_STOPS):
        """The field or button of that name."""
        self._until(lambda focus: focus["name"] == name, name, most)

    def _until(self, is_there, what, most):
        for _ in range(most):
            if is_there(self.stop()):
                return
        raise AssertionError(f"Tab does not reach {what} on {self.page.url}")

    def skip_to_content(self):
        """By the page's first stop (the skip link); the next one is in the main part."""
        self.page.wait_for_load_state()
        assert self.page.evaluate(OWN_ORDER) == 0
        assert self.stop()["words"] == SKIP
        self.page.keyboard.press("Enter")
        self.stop()
        assert self.page.evaluate(IN_CONTENT)
        self.page.keyboard.press("Shift+Tab")

    def follow(self, words):
        """Past the head of the page to a link or button, and presses it."""
        self.skip_to_content()
        self.tab_to(words)
        self.enter()

    def enter(self):
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def write(self, name, text):
        self.go_to(name)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def write_at(self, label, text):
        self.tab_to(label)
        self.page.keyboard.type(text)

    def choose(self, name, number):
        """The first radio button has the focus; arrows move on."""
        self.go_to(name)
        self.page.keyboard.press("Space")
        for _ in range(number):
            self.page.keyboard.press("ArrowRight")

    def press(self, name):
        self.go_to(name)
        self.page.keyboard.press("Enter")
