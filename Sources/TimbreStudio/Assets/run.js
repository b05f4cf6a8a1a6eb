// A run under way on its own page: watched and stopped there.
import { follow } from "./follow.js";

const holder = document.getElementById("live");
follow(holder.dataset.run, holder);
