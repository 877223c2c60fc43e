// Narrows the list of stories while somebody types. Without this module the list is simply whole.

const box = document.querySelector(".filter");
const found = document.getElementById("found");

function narrow(wanted) {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const group of document.querySelectorAll(".group")) {
    let here = 0;
    for (const story of group.querySelectorAll("li")) {
      const text = story.textContent.toLowerCase();
      story.hidden = !words.every((word) => text.includes(word));
      here += story.hidden ? 0 : 1;
    }
    group.hidden = here === 0;
    group.querySelector(".group__count").textContent = here;
    group.open = words.length > 0;
    shown += here;
  }
  found.textContent = words.length ? `${shown} ${shown === 1 ? "story" : "stories"} found` : "";
}

if (box) {
  box.hidden = false;
  box.querySelector("input").addEventListener("input", (event) => narrow(event.target.value));
}
