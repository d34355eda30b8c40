// Drives the live car-rental app as a guest does: signs up, finds a car, books it, and sees that nobody can book the
// same days again. Takes pictures on the way.
//
//   node car-rental.mjs <address of the app> <folder for pictures>
//
// CHROMIUM names the browser when it is not in a usual place. Ends with 0 when all went as it should; else it says what
// did not, with a picture of that moment.
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { chromium } from "playwright-core";

const [address, folder] = process.argv.slice(2);
if (!address || !folder) {
  console.error("usage: node car-rental.mjs <address of the app> <folder for pictures>");
  process.exit(2);
}
mkdirSync(folder, { recursive: true });

const places = (process.env.PATH ?? "").split(":");
const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const executablePath = process.env.CHROMIUM ?? names.flatMap((name) => places.map((place) => join(place, name))).find(existsSync);
if (!executablePath) {
  console.error("no Chromium: run `scripts/setup --tests`, or name one in CHROMIUM");
  process.exit(2);
}

const car = "Peugeot 208";
const refusal = "This car is already booked on some of these days.";
// Far enough ahead to be free of the bookings that the app begins with.
const day = (offset) => new Date(Date.UTC(new Date().getUTCFullYear() + 2, 5, 10 + offset)).toISOString().slice(0, 10);

const browser = await chromium.launch({
  executablePath,
  // Many systems do not resolve *.localhost; Chromium refuses its sandbox to root.
  args: ["--host-resolver-rules=MAP *.localhost 127.0.0.1", "--no-sandbox", "--font-render-hinting=none"],
});
const context = await browser.newContext({ baseURL: address, viewport: { width: 1280, height: 1000 }, colorScheme: "light", locale: "en-GB", timezoneId: "UTC" });
context.setDefaultTimeout(15_000);
const page = await context.newPage();

/** What went wrong in the page without anybody asking. */
const faults = [];
page.on("pageerror", (error) => faults.push(`uncaught: ${error.message}`));
page.on("console", (message) => {
  // The browser itself reports answers of the server that are no success: refusing is what this test wants to see.
  if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) faults.push(`console: ${message.text()}`);
});

async function step(text, run) {
  const begun = performance.now();
  try {
    await run();
    console.log(`ok    ${text} (${Math.round(performance.now() - begun)} ms)`);
  } catch (error) {
    await picture("failed", { fullPage: true }).catch(() => {});
    console.error(`FAILED ${text}\n${error instanceof Error ? error.message : error}\nat ${page.url()}; see ${join(folder, "failed.png")}`);
    throw error;
  }
}

async function picture(name, options = {}) {
  await page.waitForLoadState("networkidle");
  await page.screenshot({ path: join(folder, `${name}.png`), animations: "disabled", ...options });
}

function expect(condition, text) {
  if (!condition) throw new Error(text);
}

async function openCar() {
  await page.goto("/cars");
  const search = page.getByRole("searchbox").or(page.getByPlaceholder(/search/i)).first();
  await search.fill("Peugeot");
  await page.getByText("1 car", { exact: true }).waitFor();
  await page.getByRole("link", { name: car }).first().click();
  await page.getByRole("heading", { level: 1, name: car }).waitFor();
}

async function fillBooking(first, last) {
  await page.getByRole("link", { name: "Book this car" }).or(page.getByRole("button", { name: "Book this car" })).first().click();
  await page.getByRole("heading", { level: 1, name: "Book a car" }).waitFor();
  await page.getByLabel("First day").fill(first);
  await page.getByLabel("Last day").fill(last);
}

async function submit() {
  await page.locator("form button[type=submit]").last().click();
}

try {
  await step("the app shows its cars to everyone", async () => {
    await page.goto("/");
    await page.getByRole("heading", { level: 1, name: "Find a car" }).waitFor();
    await page.getByText("Fiat 500").first().waitFor();
    expect((await page.title()).includes("Roadshare"), `the title is ${await page.title()}`);
    await picture("car-rental");
    const brightness = () =>
      page.evaluate(() => {
        const canvas = document.createElement("canvas").getContext("2d");
        canvas.fillStyle = getComputedStyle(document.body).backgroundColor;
        canvas.fillRect(0, 0, 1, 1);
        return Math.max(...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3));
      });
    const light = await brightness();
    await page.emulateMedia({ colorScheme: "dark" });
    await picture("car-rental-dark");
    const dark = await brightness();
    expect(light > 200 && dark < 60, `the page is no darker in the dark: ${light}, ${dark}`);
    await page.emulateMedia({ colorScheme: "light" });
  });

  await step("puts the cars in order, sees more of them, and narrows them", async () => {
    const cars = page.getByRole("region", { name: "Cars" }).getByRole("heading");
    // Waits until so many are shown, and no more.
    const shows = async (number) => {
      await cars.nth(number - 1).waitFor();
      await cars.nth(number).waitFor({ state: "detached" });
    };
    await shows(9);
    await page.getByLabel("Sort by").selectOption({ label: "Price per day, highest first" });
    await page.waitForURL(/sort=-pricePerDay/);
    await cars.first().getByText("Alfa Romeo Spider").waitFor();
    await page.getByRole("button", { name: "Load more" }).click();
    await shows(12);
    expect((await cars.allTextContents()).at(-1).includes("Fiat 500"), `the cheapest car is not the last: ${await cars.allTextContents()}`);
    await page.getByRole("button", { name: "Fuel" }).click();
    await page.getByRole("group", { name: "Fuel" }).getByText("Electric", { exact: true }).click();
    await page.keyboard.press("Escape");
    await shows(2);
    const electric = (await cars.allTextContents()).join();
    expect(/Tesla Model 3.*Renault Zoe/.test(electric), `electric cars, the most expensive first: ${electric}`);
  });

  await step("a guest signs up", async () => {
    await page.goto("/sign-up");
    await page.getByLabel("Name").fill("Grace Hopper");
    await page.getByLabel("E-mail").fill(`grace-${Date.now()}@example.com`);
    await page.getByLabel("Password").fill("compiler-1952");
    await page.getByRole("button", { name: "Create account" }).click();
    await page.waitForURL((url) => !url.pathname.startsWith("/sign-up"));
  });

  await step("finds a car", async () => {
    await openCar();
    await page.getByText("€45.00").first().waitFor();
    await picture("car-rental-details");
  });

  await step("books it", async () => {
    await fillBooking(day(0), day(4));
    await page.getByLabel("Message to the host").fill("We arrive by train at noon.");
    await picture("car-rental-booking");
    await submit();
    await page.waitForURL(/\/bookings\/[0-9a-f-]{36}$/);
    await page.getByText("Requested").first().waitFor();
  });

  await step("cannot book days that overlap", async () => {
    await openCar();
    await fillBooking(day(3), day(8));
    await submit();
    await page.getByText(refusal).first().waitFor();
    expect(page.url().includes("/bookings/new"), `the form was left for ${page.url()}`);
    await picture("car-rental-refused");
  });

  await step("books the days after", async () => {
    await page.getByLabel("First day").fill(day(5));
    await submit();
    await page.waitForURL(/\/bookings\/[0-9a-f-]{36}$/);
  });

  await step("books another car, which the form finds", async () => {
    await page.goto("/bookings/new");
    await page.getByRole("combobox", { name: "Car" }).fill("zoe");
    await page.getByRole("option", { name: "Renault Zoe" }).click();
    await page.getByLabel("First day").fill(day(0));
    await page.getByLabel("Last day").fill(day(1));
    await submit();
    await page.waitForURL(/\/bookings\/[0-9a-f-]{36}$/);
    await page.getByRole("link", { name: "Renault Zoe" }).first().waitFor();
  });

  await step("sees both bookings, and cancels one", async () => {
    await page.goto("/bookings");
    await page.getByRole("heading", { level: 1, name: "Bookings" }).waitFor();
    await page.getByText(car).nth(1).waitFor();
    await page.getByRole("link", { name: car }).first().click();
    await page.getByRole("button", { name: "Cancel booking" }).click();
    // Some changes of state ask before they happen.
    const dialog = page.getByRole("dialog").or(page.getByRole("alertdialog"));
    const sure = dialog.getByRole("button", { name: "Cancel booking" });
    await sure.or(page.getByText("Cancelled").first()).first().waitFor();
    if (await sure.isVisible()) await sure.click();
    await page.getByText("Cancelled").first().waitFor();
  });

  await step("works on a small screen", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto("/cars");
    await page.getByText("Fiat 500").first().waitFor();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width <= 390, `the page is ${width} pixels wide on a screen of 390`);
    await picture("car-rental-small");
  });

  expect(faults.length === 0, `the page reported faults:\n${faults.join("\n")}`);
} catch (error) {
  if (faults.length > 0) console.error(faults.join("\n"));
  else if (!(error instanceof Error)) console.error(error);
  process.exitCode = 1;
} finally {
  await browser.close();
}
