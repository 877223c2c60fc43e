import { launch, run } from "./smart.js";

run(launch);
