/** Does what the background asks of this frame. */

browser.runtime.onMessage.addListener((/** @type {any} */ message) => {
  switch (message?.type) {
    case "policy":
      if (window !== top || !message.framesOnly) {
        obey(message.policy);
      }
      return undefined;
    case "describe-target": {
      const meant = policy.onRequest ? targetOf(message.target) : null;
      if (meant instanceof Element) {
        return describeByHand(meant, message.request);
      }
      return meant === null ? undefined : Promise.resolve(meant);
    }
    case "is-image":
      return Promise.resolve(policy.onRequest && isOnImage(message.target.menu));
    case "count":
      return browser.runtime.sendMessage({ type: "count", described: describedHere() });
    case "again":
      answered();
      nextTurns();
      return undefined;
    case "take-away":
      takeAway(message.request);
      return undefined;
    default:
      return undefined;
  }
});
