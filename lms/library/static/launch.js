// Asks for the unit's address while the page is still being read. A browser that does not know names below localhost is
// found out by the player's own script, which asks by itself then.
{
  const { launch, token, content } = document.currentScript.dataset;
  const sure = !content.includes("*.localhost") || sessionStorage.getItem("khue-known") === content;
  if (sure) window.khueLaunch = fetch(launch, { method: "POST", headers: { "X-CSRFToken": token, Accept: "application/json" } }).catch(() => null);
}
