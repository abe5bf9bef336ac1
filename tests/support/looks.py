"""What a page must be for whoever reads it with a screen reader, a keyboard, weak eyes or a phone, by the browser."""

from __future__ import annotations

from playwright.async_api import Page

_LOOK = """(language) => {
  const wrong = [];
  const shown = (one) => one.checkVisibility() && getComputedStyle(one).visibility !== 'hidden';
  const levels = [...document.querySelectorAll('h1,h2,h3,h4')].filter(shown).map((one) => Number(one.tagName[1]));
  if (levels.filter((one) => one === 1).length !== 1 || levels[0] !== 1) wrong.push('not one heading on top');
  levels.forEach((one, at) => { if (at && one > levels[at - 1] + 1) wrong.push(`heading ${at} skips a level`); });
  if (document.documentElement.lang !== language) wrong.push('no language');
  if (document.querySelectorAll('main').length !== 1) wrong.push('not one main');
  const ids = [...document.querySelectorAll('[id]')].map((one) => one.id);
  if (new Set(ids).size !== ids.length) wrong.push('an id stands twice');
  for (const one of document.querySelectorAll('input:not([type=hidden]),select,textarea')) {
    if (!one.labels.length && !one.ariaLabel) wrong.push(`no label: ${one.name || one.id}`);
  }
  for (const one of document.querySelectorAll('a,button')) {
    const pictured = [...one.querySelectorAll('img')].map((img) => img.alt).join('');
    if (!(one.ariaLabel || one.textContent + pictured).trim()) wrong.push('a link or button says nothing');
  }
  const parts = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((one) => one / 255)
    .map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
    .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = (one) => {
    for (; one; one = one.parentElement) {
      const colour = parts(getComputedStyle(one).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour;
    }
    return parts(getComputedStyle(document.documentElement).colorScheme.startsWith('dark') ? '0 0 0' : '255 255 255');
  };
  for (const one of document.body.querySelectorAll('*')) {
    const says = [...one.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
    if (!shown(one) || !(says || one.value)) continue;
    const style = getComputedStyle(one);
    // Between text and an element in a flex box a blank is not drawn.
    if (style.display.endsWith('flex') && style.columnGap === 'normal') {
      const lost = [...one.childNodes].some((child) => child.nodeType === 3 && child.data.trim() &&
        ((child.nextSibling && /\\s$/.test(child.data)) || (child.previousSibling && /^\\s/.test(child.data))));
      if (lost) wrong.push(`a blank is lost: ${one.textContent.trim()}`);
    }
    const [a, b] = [light(parts(style.color)), light(ground(one))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) wrong.push(`contrast ${contrast.toFixed(1)}: ${one.tagName} ${one.textContent.trim()}`);
  }
  const together = document.body.innerText.match(/[a-z]['’]?[a-z]\\.[A-Z][a-z]+/);
  if (together) wrong.push(`no blank between sentences: ${together[0]}`);
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) wrong.push(`wider than the window: ${wide}`);
  return wrong;
}"""
_FOCUS = """() => {
  const style = getComputedStyle(document.activeElement);
  return [document.activeElement.tagName, style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2];
}"""
_STOPS_MAX = 60


async def what_is_wrong(page: Page, language: str = "en") -> list[str]:
    """What is wrong with the page's headings, labels, contrast, language and width; nothing where it is right."""
    found: list[str] = await page.evaluate(_LOOK, language)
    return found


async def stops(page: Page) -> list[str]:
    """What the tabulator comes to, from the top of the page on; each must be seen to have the focus."""
    seen: list[str] = []
    for _ in range(_STOPS_MAX):
        await page.keyboard.press("Tab")
        name, visible = await page.evaluate(_FOCUS)
        if name == "BODY":
            return seen
        assert visible, f"no focus is seen on the {name} after {seen}"
        seen.append(name)
    return seen
