export { type Chosen, type ChosenDevice, chooseDevices } from "./choose-devices.js";
export { getRuntimeFolder, INSTALL_SCRIPT } from "./cuda-files.js";
export { checkTarget, type Installed, installByScript, installFrom } from "./cuda-setup.js";
export { parseDevices, type WantedDevices } from "./device-names.js";
export { type Examined, examineDevices, getAdvice, getRuntimeFacts } from "./examine-devices.js";
export { measureProductRate, openProduct, type Product, type ProductShape } from "./product-rate.js";
export { SelfTest, type Tested } from "./self-test.js";
