// A content type of our own, after H5P's guide for developers: one question, its answer kept and told.
var H5P = H5P || {};
H5P.KhueQuiz = (function ($) {
  function Quiz(params, id, extras) {
    H5P.EventDispatcher.call(this);
    this.params = params;
    this.contentId = id;
    this.answer = (extras && extras.previousState && extras.previousState.answer) || null;
  }
  Quiz.prototype = Object.create(H5P.EventDispatcher.prototype);
  Quiz.prototype.constructor = Quiz;
  Quiz.prototype.attach = function ($container) {
    var self = this;
    $container.addClass("h5p-khue-quiz").append($("<p>", { class: "question", html: self.params.question }));
    if (self.params.picture) $container.append($("<img>", { alt: "", src: H5P.getPath(self.params.picture.path, self.contentId) }));
    self.params.answers.forEach(function (one, index) {
      $("<button>", { type: "button", text: one.text, click: function () { self.choose(index); } }).appendTo($container);
    });
    self.$state = $("<output>").appendTo($container).text(self.answer === null ? "mới" : "lại " + self.answer);
    self.trigger("resize");
  };
  Quiz.prototype.choose = function (index) {
    this.answer = index;
    var right = this.params.answers[index].right === true;
    var event = this.createXAPIEventTemplate("answered");
    event.setScoredResult(right ? 1 : 0, 1, this, true, right);
    event.data.statement.result.response = String(index);
    this.trigger(event);
    this.$state.text("đã trả lời");
  };
  Quiz.prototype.getMaxScore = function () { return this.params.answers.length ? 1 : 0; };
  Quiz.prototype.getScore = function () { return this.answer !== null && this.params.answers[this.answer].right ? 1 : 0; };
  Quiz.prototype.getCurrentState = function () { return { answer: this.answer }; };
  return Quiz;
})(H5P.jQuery);
