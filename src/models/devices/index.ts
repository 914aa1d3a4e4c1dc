export { type Chosen, type ChosenDevice, chooseDevices } from "./choose-devices.js";
export { INSTALL_SCRIPT, runtimeFolder } from "./cuda-files.js";
export { checkTarget, type Installed, installByScript, installFrom } from "./cuda-setup.js";
export { parseDevices, type WantedDevices } from "./device-names.js";
export { adviceFor, type Examined, examineDevices, runtimeFacts } from "./examine-devices.js";
export { openProduct, type Product, type ProductShape, productRate } from "./product-rate.js";
export { SelfTest, type Tested } from "./self-test.js";
