// Content that closes itself comes back here: the page around it is told, and goes on.
const { app } = JSON.parse(document.getElementById("khue").textContent);
const around = window.opener ?? (window.parent === window ? null : window.parent);
around?.postMessage({ khue: "exit" }, app);
if (window.opener) window.close();
