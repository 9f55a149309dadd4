/** Begins. */
import { mount } from "svelte";
import { browser } from "./jmap/transport";
import App from "./ui/App.svelte";
import "./ui/base.css";

mount(App, { target: document.body, props: { transport: browser() } });
