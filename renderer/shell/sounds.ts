import type { AlertKind } from "./alerts-of.ts";
import { usePreferences } from "./preferences.ts";

/** One tone: Hz, when it begins and how long it lasts in s. */
export type Note = readonly [hz: number, atS: number, lengthS: number];

/**
 * Told apart with the eyes on something else: a hold calls twice and asks (two rising pairs), a failure falls and ends
 * low, a pass is a short rise, a pass with gaps is one note.
 */
export const TUNES: Readonly<Record<AlertKind, readonly Note[]>> = {
  hold: [
    [587, 0, 0.16],
    [784, 0.18, 0.22],
    [587, 0.6, 0.16],
    [784, 0.78, 0.3],
  ],
  failed: [
    [440, 0, 0.22],
    [330, 0.24, 0.22],
    [220, 0.48, 0.5],
  ],
  pass: [
    [523, 0, 0.12],
    [659, 0.13, 0.12],
    [784, 0.26, 0.3],
  ],
  gaps: [[523, 0, 0.35]],
};

const LOUDNESS = 0.18;
const SWELL_S = 0.015;

let context: AudioContext | undefined;

/** Plays it, when the window's preference says so. A browser plays nothing before the first press in the page. */
export function playAlert(kind: AlertKind): void {
  if (usePreferences.getState().sounds) play(TUNES[kind]);
}

/** As it will sound, whatever the preference: for the switch that turns it on. */
export function play(tune: readonly Note[]): void {
  context ??= new AudioContext();
  const audio = context;
  if (audio.state === "suspended") void audio.resume().catch(() => {});
  for (const [hz, atS, lengthS] of tune) {
    const begin = audio.currentTime + atS;
    const end = begin + lengthS;
    const tone = new OscillatorNode(audio, { type: "triangle", frequency: hz });
    const volume = new GainNode(audio, { gain: 0 });
    // Without the swell and the fade each note begins and ends with a click.
    volume.gain.setValueAtTime(0, begin);
    volume.gain.linearRampToValueAtTime(LOUDNESS, begin + SWELL_S);
    volume.gain.setValueAtTime(LOUDNESS, end - SWELL_S);
    volume.gain.linearRampToValueAtTime(0, end);
    tone.connect(volume).connect(audio.destination);
    tone.start(begin);
    tone.stop(end);
  }
}
