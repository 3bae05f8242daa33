(() => {
  const bodies = [...document.querySelectorAll("tbody[data-speaker]")];
  const [all, only] = document.querySelectorAll(".switch button");
  const speaker = document.getElementById("speaker"), search = document.getElementById("search");
  const count = document.getElementById("count"), none = document.querySelector(".none");
  let problems = false;
  const show = () => {
    const wanted = search.value.trim().toLowerCase();
    let shown = 0;
    for (const body of bodies) {
      const fits = (!problems || body.classList.contains("wrong") || body.classList.contains("mended"))
        && (!speaker.value || body.dataset.speaker === speaker.value)
        && (!wanted || body.textContent.toLowerCase().includes(wanted));
      body.hidden = !fits;
      shown += fits;
    }
    count.value = shown === bodies.length ? `${shown} lines` : `${shown} of ${bodies.length} lines`;
    none.hidden = shown > 0;
    all.setAttribute("aria-pressed", String(!problems));
    only.setAttribute("aria-pressed", String(problems));
  };
  all.onclick = () => { problems = false; show(); };
  only.onclick = () => { problems = true; show(); };
  speaker.onchange = search.oninput = show;
  // A line chosen in the timeline is shown whatever the filter.
  addEventListener("hashchange", () => {
    const body = document.getElementById(location.hash.slice(1));
    if (body && body.hidden) { problems = false; speaker.value = search.value = ""; show(); body.scrollIntoView(); }
  });
  const player = new Audio();
  let on = null;
  const stop = () => { player.pause(); on?.classList.remove("on"); on = null; };
  player.onended = stop;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.play");
    if (!link) return;
    event.preventDefault();
    if (link === on) return stop();
    stop();
    on = link;
    link.classList.add("on");
    player.src = link.href;
    player.play().catch(() => { stop(); location.href = link.href; });
  });
  document.querySelector(".tools").hidden = false;
  show();
})();
