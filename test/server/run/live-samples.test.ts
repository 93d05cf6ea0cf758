import { expect, test } from "vitest";
import { Life, value } from "./life.ts";

/** A claimed run on a host of its own. */
async function claimedRun(life: Life, mac: string): Promise<number> {
  const hostId = life.enrol(mac, "os-1");
  const { id } = await life.start(hostId);
  life.reporter(hostId, "os-1");
  value(life.claimWith(life.bootToken(mac), "live-1", null, mac));
  return id;
}

const watts = (life: Life, sequence: number, reading: number) => ({
  sequence,
  stage: "Inventory" as const,
  t: life.iso(),
  sensor: "psu.power",
  value: reading,
  unit: "W",
});

test("what one commit stores of all hosts is told as one event, each sample once", async () => {
  const life = new Life();
  const one = await claimedRun(life, "52:54:00:00:00:01");
  const other = await claimedRun(life, "52:54:00:00:00:02");
  life.published.length = 0;
  const posts = [
    life.service.submitSamples(one, { samples: [watts(life, 1, 401), watts(life, 2, 402)] }),
    life.service.submitSamples(other, { samples: [watts(life, 1, 801)] }),
    life.service.submitSamples(one, { samples: [watts(life, 3, 403)] }),
    // An agent that did not hear the answer.
    life.service.submitSamples(other, { samples: [watts(life, 1, 801)] }),
  ];
  expect(life.published).toEqual([]);
  life.service.flush();
  for (const post of posts) value(await post);
  const point = (reading: number) => ["psu.power", "W", life.now, reading];
  expect(life.published.filter(({ type }) => type === "samples")).toEqual([
    {
      type: "samples",
      runs: [
        { runId: one, points: [point(401), point(402), point(403)] },
        { runId: other, points: [point(801)] },
      ],
    },
  ]);
});

test("a commit that fails tells nothing", async () => {
  const life = new Life();
  const run = await claimedRun(life, "52:54:00:00:00:01");
  life.published.length = 0;
  const post = life.service.submitSamples(run, { samples: [watts(life, 1, 401)] });
  const { answers } = life.store;
  const add = answers.add.bind(answers);
  answers.add = () => {
    throw new Error("the store is gone");
  };
  life.service.flush();
  await expect(post).rejects.toThrow("the store is gone");
  expect(life.published).toEqual([]);
  answers.add = add;
  const again = life.service.submitSamples(run, { samples: [watts(life, 1, 401)] });
  life.service.flush();
  value(await again);
  expect(life.published).toMatchObject([{ type: "samples", runs: [{ runId: run }] }]);
});
