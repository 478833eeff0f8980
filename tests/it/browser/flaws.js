// What a reader would stumble over: what reaches beyond the screen, letters too faint to be read, words of a picture that are cut.
(() => {
  const flaws = [];
  const wide = document.documentElement.clientWidth;
  const tell = (what, of) =>
    flaws.push(`${what}: <${of.tagName} class="${of.getAttribute("class") ?? ""}"> ${of.textContent.trim().slice(0, 60)}`);
  if (document.documentElement.scrollWidth > wide) {
    flaws.push(`the page is ${document.documentElement.scrollWidth} px wide on a screen of ${wide}`);
  }
  const rgb = (text) => (text.match(/[\d.]+/g) ?? []).map(Number);
  const light = (text) => {
    const [r, g, b] = rgb(text).map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  };
  const paper = (of) => {
    for (let up = of; up; up = up.parentElement) {
      const colour = getComputedStyle(up).backgroundColor;
      if ((rgb(colour)[3] ?? 1) > 0) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  for (const of of document.body.querySelectorAll("*")) {
    const box = of.getBoundingClientRect();
    if (box.right > wide + 0.5 || box.left < -0.5) tell("it reaches beyond the screen", of);
    const own = [...of.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== "");
    if (!own || of.closest("svg")) continue;
    const [ink, under] = [getComputedStyle(of).color, paper(of)];
    if (contrast(ink, under) < 4.5) tell(`${ink} on ${under}`, of);
  }
  for (const svg of document.querySelectorAll("svg")) {
    const frame = svg.getBoundingClientRect();
    const rects = [...svg.querySelectorAll("rect")].map((rect) => [rect.getBoundingClientRect(), getComputedStyle(rect).fill]);
    const texts = [...svg.querySelectorAll("text")].map((text) => [text, text.getBoundingClientRect()]);
    for (const [text, box] of texts) {
      if (box.right > frame.right + 0.5 || box.left < frame.left - 0.5) tell("it reaches out of its picture", text);
      if (box.height < 9) tell(`its letters are ${box.height.toFixed(1)} px high`, text);
      const ink = getComputedStyle(text).fill;
      let papers = [paper(svg)];
      for (const [rect, fill] of rects) {
        const middle = [box.left + box.width / 2, box.top + box.height / 2];
        const over = rect.left < box.right - 1 && rect.right > box.left + 1 && rect.top < middle[1] && rect.bottom > middle[1];
        if (!over) continue;
        if (rect.left > box.left + 1 || rect.right < box.right - 1) tell("a bar runs into it", text);
        papers = [fill];
      }
      for (const under of papers) if (contrast(ink, under) < 4.5) tell(`${ink} on ${under}`, text);
      for (const [other, its] of texts) {
        if (other === text) break;
        const meet = its.left < box.right - 1 && its.right > box.left + 1 && its.top < box.bottom - 6 && its.bottom > box.top + 6;
        if (meet) tell(`it runs into "${other.textContent}"`, text);
      }
    }
  }
  return flaws;
})()
