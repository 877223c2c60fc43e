// The packet: a page to print, and the same as a FHIR Bundle to download.

import { ask, run, signedIn, worksheet } from "./smart.js";

run(async () => {
  const { session } = await signedIn();
  const answer = await ask("/worksheet/packet", session, {}, [409]);
  if (answer.status === 409) {
    location.replace("/worksheet"); // where one of several orders is chosen
    return;
  }
  const { page, bundle } = await answer.json();
  const parsed = new DOMParser().parseFromString(page, "text/html");
  worksheet.replaceChildren(...parsed.body.childNodes);
  worksheet.querySelector("[data-do=print]").addEventListener("click", () => print());
  worksheet.querySelector("[data-do=download]").addEventListener("click", () => download(bundle));
});

// The Bundle comes as text and goes as text: read as a number, a decimal would lose its last zeros.
function download(bundle) {
  const address = URL.createObjectURL(new Blob([bundle], { type: "application/fhir+json" }));
  const link = Object.assign(document.createElement("a"), { href: address, download: "kresladi-packet.json" });
  link.click();
  URL.revokeObjectURL(address);
}
