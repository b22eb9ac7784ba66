// Sounds, made by the browser itself. Every tab of a person hears of the same thing; one of them sounds: the one that
// is looked at, else the quickest.

// Frequency in Hz, beginning and length in seconds.
const TONES = {
  chime: [[880, 0, 0.2], [1174.66, 0.16, 0.36]],
  bell: [[659.26, 0, 0.7], [1318.51, 0, 0.5]],
  knock: [[233.08, 0, 0.09], [207.65, 0.14, 0.11]],
};
const CLAIMED = "tiski-sounded";
const HIDDEN_WAIT_MS = 200;

let context = null;

/** Sounds at once, `volume` in hundredths. Silent before the person has touched the page: browsers want it so. */
export async function sound(name, volume) {
  const tones = TONES[name];
  if (!tones || !(volume > 0) || !window.AudioContext) return;
  context ??= new AudioContext();
  if (context.state === "suspended") await context.resume();
  const now = context.currentTime;
  for (const [frequency, begin, length] of tones) {
    const [tone, gain] = [context.createOscillator(), context.createGain()];
    tone.frequency.value = frequency;
    gain.gain.setValueAtTime(0.0001, now + begin);
    gain.gain.exponentialRampToValueAtTime(volume / 250, now + begin + 0.015);
    gain.gain.exponentialRampToValueAtTime(0.0001, now + begin + length);
    tone.connect(gain).connect(context.destination);
    tone.start(now + begin);
    tone.stop(now + begin + length);
  }
}

/** Sounds in one tab only; `what` names the occasion. */
export async function soundOnce(what, name, volume) {
  if (document.hidden) await new Promise((done) => setTimeout(done, HIDDEN_WAIT_MS));
  try {
    if (localStorage.getItem(CLAIMED) === what) return;
    localStorage.setItem(CLAIMED, what);
  } catch {
    // Without a storage every tab sounds.
  }
  document.dispatchEvent(new CustomEvent("tiski:sound", { detail: { what, name } }));
  await sound(name, volume).catch(() => {});
}

// ---- new messages in open sessions

const hearing = () => document.getElementById("hearing")?.dataset ?? {};
const unreadNow = () => Number(document.getElementById("sessions")?.dataset.unread ?? 0);
let unread = unreadNow();

document.addEventListener("htmx:finally:swap", () => {
  const now = unreadNow();
  const { message, volume } = hearing();
  if (now > unread) soundOnce(`message-${now}-${Math.floor(Date.now() / 5000)}`, message, Number(volume));
  unread = now;
});

// ---- trying them out, where they are chosen

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-sound-test]");
  if (!button) return;
  const field = document.getElementById(button.dataset.soundTest);
  sound(field.value, Number(document.getElementById("volume").value)).catch(() => {});
});
