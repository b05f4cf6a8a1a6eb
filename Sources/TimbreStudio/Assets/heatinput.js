// How one looks into a feature: the pointer tells values and drags a part out, keys walk and zoom.

/**
 * Listens to `plot`. The picture gives `data()` (null while there is none), `cell(event)` (the frame and the bin under the pointer, or
 * null), `tell(cell)`, `hide()`, `show(window)` (null shows all), `zoom(factor, about)` and `seek(frame)`.
 * Returns `{cursor()}`: the cell that was told last, or null.
 */
export function listen(plot, picture) {
  let cursor = null, drag = null;
  const hasCells = () => picture.data()?.frames > 0;

  plot.addEventListener("pointermove", (event) => {
    if (!hasCells()) return;
    const at = picture.cell(event);
    if (at) { cursor = at; picture.tell(at); }
    else if (!drag) picture.hide();
  });
  plot.addEventListener("pointerleave", () => { if (document.activeElement !== plot) picture.hide(); });
  plot.addEventListener("pointerdown", (event) => {
    if (hasCells() && event.button === 0 && event.pointerType !== "touch") drag = picture.cell(event);
  });
  plot.addEventListener("pointerup", (event) => {
    const from = drag, to = hasCells() && picture.cell(event);
    drag = null;
    if (!from || !to) return;
    const frames = Math.abs(from.frame - to.frame) + 1, bins = Math.abs(from.bin - to.bin) + 1;
    if (frames < 4 && bins < 4) return picture.seek(to.frame);
    // A stroke along one axis keeps the other one as it is.
    const { window } = picture.data();
    picture.show({
      ...(frames < 4 ? { first_frame: window.first_frame, frames: window.frames } : { first_frame: Math.min(from.frame, to.frame), frames }),
      ...(bins < 4 ? { first_bin: window.first_bin, bins: window.bins } : { first_bin: Math.min(from.bin, to.bin), bins }),
    });
  });
  plot.addEventListener("dblclick", () => picture.show(null));
  plot.addEventListener("keydown", (event) => {
    if (!hasCells() || event.ctrlKey || event.metaKey || event.altKey) return;
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    if (steps[event.key]) walk(...steps[event.key].map((step) => step * (event.shiftKey ? 10 : 1)));
    else if (event.key === "+" || event.key === "=") picture.zoom(0.5, cursor);
    else if (event.key === "-") picture.zoom(2, cursor);
    else if (event.key === "0" || event.key === "Escape") picture.show(null);
    else return;
    event.preventDefault();
  });

  function walk(right, up) {
    const data = picture.data(), { window } = data;
    cursor ??= { frame: window.first_frame + Math.floor(window.frames / 2), bin: window.first_bin + Math.floor(window.bins / 2) };
    cursor = { frame: Math.max(0, Math.min(data.frames - 1, cursor.frame + right)), bin: Math.max(0, Math.min(data.bins - 1, cursor.bin + up)) };
    const isInside = cursor.frame >= window.first_frame && cursor.frame < window.first_frame + window.frames
      && cursor.bin >= window.first_bin && cursor.bin < window.first_bin + window.bins;
    if (isInside) picture.tell(cursor); else picture.zoom(1, cursor);
  }

  return { cursor: () => cursor };
}
