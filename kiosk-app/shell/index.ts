export { chooseShell, findChromium, type ShellChoice, type Surroundings } from './choose-shell.ts';
export { type LaunchError, requestLaunchUrl, type ServiceAddress } from './launch-url.ts';
export { type Shell, type ShellOptions, startShell } from './start-shell.ts';
